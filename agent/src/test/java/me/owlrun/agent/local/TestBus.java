package me.owlrun.agent.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// A real message bus for tests, with services on it that answer as the test says.
public final class TestBus implements AutoCloseable {
    private final Process daemon;
    private final Path socket;
    private final Map<String, Function<DBus.Message, Reply>> members = new ConcurrentHashMap<>();

    private TestBus(Process daemon, Path socket) {
        this.daemon = daemon;
        this.socket = socket;
    }

    /// An answer of a service.
    public record Reply(String signature, DBusWriter body) {
        /// A number of 64 bits.
        public static Reply uint64(long value) {
            return new Reply("t", new DBusWriter().uint64(value));
        }

        /// A number of 32 bits.
        public static Reply uint32(int value) {
            return new Reply("u", new DBusWriter().uint32(value));
        }

        /// What logind's `ListSessions` says of one session.
        public static Reply sessions(String id, String path) {
            DBusWriter one = new DBusWriter().align(8);
            one.text(id).uint32(1000).text("owl").text("seat0").text(path);
            DBusWriter body = new DBusWriter().uint32(one.length()).align(8).append(one);
            return new Reply("a(susso)", body);
        }

        /// Properties of a session; texts, flags and numbers.
        public static Reply properties(Map<String, Object> values) {
            DBusWriter entries = new DBusWriter();
            values.forEach((name, value) -> {
                entries.align(8).text(name);
                switch (value) {
                    case String text -> entries.signature("s").text(text);
                    case Boolean flag -> entries.signature("b").uint32(flag ? 1 : 0);
                    case Long number -> entries.signature("t").uint64(number);
                    default -> throw new IllegalArgumentException(name);
                }
            });
            DBusWriter body = new DBusWriter().uint32(entries.length()).align(8);
            return new Reply("a{sv}", body.append(entries));
        }
    }

    /// Starts a bus whose socket and files are in this folder.
    public static TestBus start(Path folder) throws IOException {
        Path socket = folder.resolve("bus");
        Path config = folder.resolve("bus.conf");
        Files.writeString(config, config(socket));
        Process daemon =
                new ProcessBuilder(
                                "dbus-daemon",
                                "--config-file=" + config,
                                "--nofork",
                                "--nopidfile",
                                "--print-address=1")
                        .redirectError(folder.resolve("bus.log").toFile())
                        .start();
        BufferedReader printed = daemon.inputReader(StandardCharsets.UTF_8);
        if (printed.readLine() == null) {
            throw new IOException("dbus-daemon did not start: see " + folder.resolve("bus.log"));
        }
        return new TestBus(daemon, socket);
    }

    private static String config(Path socket) {
        return """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
         "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <listen>unix:path=%s</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow send_destination="*"/><allow own="*"/><allow receive_sender="*"/>
          </policy>
        </busconfig>
        """
                .formatted(socket);
    }

    /// The address to give to clients.
    public String address() {
        return "unix:path=" + socket;
    }

    /// Says what a member answers, whoever is asked for it.
    public void answer(String member, Reply reply) {
        members.put(member, _ -> reply);
    }

    /// Puts a service with this name on the bus.
    public void serve(String name) throws IOException {
        DBus bus = DBus.open(address(), Duration.ofMinutes(5));
        DBusWriter body = new DBusWriter().text(name).uint32(0);
        DBusWriter fields = new DBusWriter();
        DBus.textField(fields, DBus.Message.PATH, "o", "/org/freedesktop/DBus");
        DBus.textField(fields, DBus.Message.MEMBER, "s", "RequestName");
        DBus.textField(fields, 6, "s", "org.freedesktop.DBus");
        DBus.signatureField(fields, "su");
        bus.send(DBus.CALL, 1000, body, fields);
        while (!bus.receive().field(DBus.Message.REPLY_SERIAL).equals(Optional.of(1000L))) {}
        Thread.ofVirtual().start(() -> loop(bus));
    }

    private void loop(DBus bus) {
        int serial = 2000;
        try (bus) {
            while (true) {
                DBus.Message call = bus.receive();
                if (call.type() == DBus.CALL) {
                    reply(bus, call, ++serial);
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void reply(DBus bus, DBus.Message call, int serial) throws IOException {
        String member = String.valueOf(call.field(DBus.Message.MEMBER).orElse(""));
        Function<DBus.Message, Reply> answer = members.get(member);
        DBusWriter fields = new DBusWriter();
        fields.align(8).octet(DBus.Message.REPLY_SERIAL).signature("u").uint32((int) call.serial());
        String sender = String.valueOf(call.field(DBus.Message.SENDER).orElse(""));
        DBus.textField(fields, 6, "s", sender);
        if (answer == null) {
            DBus.textField(fields, 4, "s", "org.freedesktop.DBus.Error.UnknownMethod");
            bus.send(DBus.ERROR, serial, new DBusWriter(), fields);
        } else {
            Reply reply = answer.apply(call);
            DBus.signatureField(fields, reply.signature());
            bus.send(DBus.RETURN, serial, reply.body(), fields);
        }
    }

    @Override
    public void close() {
        daemon.destroy();
        try {
            int _ = daemon.waitFor();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        try {
            boolean _ = Files.deleteIfExists(socket);
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }
}
