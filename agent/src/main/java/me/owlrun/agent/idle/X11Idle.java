package me.owlrun.agent.idle;

import me.owlrun.agent.local.UnixStream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Any X server on this machine, asked in X's own protocol for the idle time its MIT-SCREEN-SAVER
/// extension keeps: three requests over the unix socket, no library. On Wayland this would see the
/// input of X programs only, so it stays out where `WAYLAND_DISPLAY` is set.
final class X11Idle implements IdleSource {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Pattern DISPLAY = Pattern.compile("(unix)?:(\\d{1,5})(\\.\\d+)?");
    private static final String EXTENSION = "MIT-SCREEN-SAVER";
    private static final int REPLY_BYTES = 32;
    private static final int EVENT_CODES_FROM = 2;
    private static final int QUERY_EXTENSION = 98;
    private static final int QUERY_INFO = 1;

    private final Map<String, String> environment;
    private Optional<Session> session = Optional.empty();

    X11Idle(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /// A connection on which the extension was found.
    ///
    /// @param opcode the extension's number at this server
    /// @param root the window to ask about
    private record Session(UnixStream stream, byte opcode, int root) {}

    @Override
    public String name() {
        return "x11";
    }

    @Override
    public Optional<Duration> idle() {
        Matcher display = DISPLAY.matcher(environment.getOrDefault("DISPLAY", ""));
        if (!display.matches() || environment.containsKey("WAYLAND_DISPLAY")) {
            return Optional.empty();
        }
        try {
            if (session.isEmpty()) {
                session = Optional.of(open(display.group(2)));
            }
            return Optional.of(ask(session.get()));
        } catch (IOException notHere) {
            close();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            if (session.isPresent()) {
                session.get().stream().close();
            }
        } catch (IOException gone) {
            // It is closed, which was wanted.
        } finally {
            session = Optional.empty();
        }
    }

    private Session open(String number) throws IOException {
        UnixStream stream = UnixStream.open(Path.of("/tmp/.X11-unix/X" + number), LIMIT);
        try {
            int root = connect(stream, XAuthority.cookie(environment, number));
            return new Session(stream, extension(stream), root);
        } catch (IOException | RuntimeException failed) {
            stream.close();
            throw failed;
        }
    }

    /// The handshake: who we are, and out of the server's long answer the first screen's root.
    private static int connect(UnixStream stream, byte[] cookie) throws IOException {
        byte[] name =
                cookie.length == 0
                        ? new byte[0]
                        : XAuthority.NAME.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer hello = request(12 + padded(name.length) + padded(cookie.length));
        hello.put((byte) 'l').put((byte) 0).putShort((short) 11).putShort((short) 0);
        hello.putShort((short) name.length).putShort((short) cookie.length).putShort((short) 0);
        hello.put(12, name).put(12 + padded(name.length), cookie);
        stream.write(hello.position(0));
        ByteBuffer head = stream.read(8);
        ByteBuffer rest = stream.read(Short.toUnsignedInt(head.getShort(6)) * 4);
        if (head.get(0) != 1) {
            throw new IOException("the X server does not let us in");
        }
        int vendor = padded(Short.toUnsignedInt(rest.getShort(16)));
        int formats = Byte.toUnsignedInt(rest.get(21)) * 8;
        int screen = 32 + vendor + formats;
        if (rest.get(20) < 1 || screen + 4 > rest.limit()) {
            throw new IOException("the X server has no screen");
        }
        return rest.getInt(screen);
    }

    private static byte extension(UnixStream stream) throws IOException {
        byte[] name = EXTENSION.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer ask = request(8 + padded(name.length));
        ask.put((byte) QUERY_EXTENSION).put((byte) 0).putShort((short) (ask.limit() / 4));
        ask.putShort((short) name.length).put(8, name);
        stream.write(ask.position(0));
        ByteBuffer reply = reply(stream);
        if (reply.get(8) != 1) {
            throw new IOException("the X server does not keep an idle time");
        }
        return reply.get(9);
    }

    private static Duration ask(Session session) throws IOException {
        ByteBuffer ask = request(8);
        ask.put(session.opcode()).put((byte) QUERY_INFO).putShort((short) 2);
        ask.putInt(session.root());
        session.stream().write(ask.position(0));
        return Duration.ofMillis(Integer.toUnsignedLong(reply(session.stream()).getInt(16)));
    }

    /// The next reply; events that come unasked are skipped, an error ends the connection.
    private static ByteBuffer reply(UnixStream stream) throws IOException {
        while (true) {
            ByteBuffer message = stream.read(REPLY_BYTES);
            int code = message.get(0) & 0x7F;
            if (code == 0) {
                throw new IOException("the X server refused the question");
            }
            if (code == 1 || code == 35) {
                ByteBuffer _ = stream.read(Math.min(message.getInt(4), 1 << 16) * 4);
            }
            if (code < EVENT_CODES_FROM) {
                return message;
            }
        }
    }

    private static ByteBuffer request(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int padded(int length) {
        return (length + 3) / 4 * 4;
    }
}
