package me.owlrun.agent.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A connection to a D-Bus message bus, for asking: one call at a time, each with a time limit.
/// Messages that are no answer to the call under way are dropped. Used by one thread.
public final class DBus implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 1 << 20;
    private static final int HEAD_BYTES = 16;
    private static final int LINE_BYTES_MAX = 512;
    static final int CALL = 1;
    static final int RETURN = 2;
    static final int ERROR = 3;

    private final UnixStream stream;
    private int serial;

    private DBus(UnixStream stream) {
        this.stream = stream;
    }

    /// A method of an object on the bus.
    ///
    /// @param destination the owner's bus name
    /// @param path the object
    /// @param type the interface
    /// @param member the method
    public record Method(String destination, String path, String type, String member) {}

    /// One message as it came.
    ///
    /// @param type call, return or error
    /// @param serial its number
    /// @param fields the header's fields, each a list of code and value
    /// @param body the values it carries
    record Message(int type, long serial, List<Object> fields, List<Object> body) {
        static final int PATH = 1;
        static final int MEMBER = 3;
        static final int REPLY_SERIAL = 5;
        static final int SENDER = 7;
        static final int SIGNATURE = 8;

        /// The value of a header field.
        Optional<Object> field(int code) {
            return fields.stream()
                    .filter(field ->
                            field instanceof List<?> pair && pair.getFirst().equals((long) code))
                    .map(field -> (Object) ((List<?>) field).getLast())
                    .findFirst();
        }
    }

    /// Connects to a bus and says hello.
    ///
    /// @param address such as `unix:path=/run/user/1000/bus`; of several the first usable counts
    /// @throws IOException if there is none
    public static DBus open(String address, Duration limit) throws IOException {
        Path path = path(address).orElseThrow(() -> new IOException("no bus at " + address));
        DBus bus = new DBus(UnixStream.open(path, limit));
        try {
            bus.authenticate();
            Method hello =
                    new Method(
                            "org.freedesktop.DBus",
                            "/org/freedesktop/DBus",
                            "org.freedesktop.DBus",
                            "Hello");
            List<Object> _ = bus.call(hello);
            return bus;
        } catch (IOException | RuntimeException failed) {
            bus.close();
            throw failed;
        }
    }

    /// The socket's path in a bus address, if it has one.
    static Optional<Path> path(String address) {
        for (String one : address.split(";", -1)) {
            if (one.startsWith("unix:")) {
                for (String pair : one.substring("unix:".length()).split(",", -1)) {
                    if (pair.startsWith("path=")) {
                        return Optional.of(Path.of(pair.substring("path=".length())));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// Calls a method with texts as arguments and waits for its answer.
    ///
    /// @throws IOException if it is refused or not answered in time
    public List<Object> call(Method method, String... texts) throws IOException {
        DBusWriter body = new DBusWriter();
        for (String text : texts) {
            body.text(text);
        }
        int number = ++serial;
        send(CALL, number, body, callFields(method, "s".repeat(texts.length)));
        while (true) {
            Message message = receive();
            if (message.field(Message.REPLY_SERIAL).equals(Optional.of((long) number))) {
                if (message.type() == ERROR) {
                    throw new IOException(method.member() + " was refused");
                }
                return message.body();
            }
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private void authenticate() throws IOException {
        byte[] uid = uid().getBytes(StandardCharsets.US_ASCII);
        line("\0AUTH EXTERNAL " + HexFormat.of().formatHex(uid));
        StringBuilder answer = new StringBuilder();
        while (answer.isEmpty() || answer.charAt(answer.length() - 1) != '\n') {
            answer.append((char) stream.read(1).get());
            if (answer.length() > LINE_BYTES_MAX) {
                throw new IOException("the bus does not speak D-Bus");
            }
        }
        if (!answer.toString().startsWith("OK ")) {
            throw new IOException("the bus does not let us in");
        }
        line("BEGIN");
    }

    private static String uid() throws IOException {
        return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private void line(String text) throws IOException {
        stream.write(ByteBuffer.wrap((text + "\r\n").getBytes(StandardCharsets.US_ASCII)));
    }

    private static DBusWriter callFields(Method method, String signature) {
        DBusWriter fields = new DBusWriter();
        textField(fields, Message.PATH, "o", method.path());
        textField(fields, 2, "s", method.type());
        textField(fields, Message.MEMBER, "s", method.member());
        textField(fields, 6, "s", method.destination());
        signatureField(fields, signature);
        return fields;
    }

    static void textField(DBusWriter fields, int code, String type, String value) {
        fields.align(8).octet(code).signature(type).text(value);
    }

    static void signatureField(DBusWriter fields, String signature) {
        if (!signature.isEmpty()) {
            fields.align(8).octet(Message.SIGNATURE).signature("g").signature(signature);
        }
    }

    void send(int type, int number, DBusWriter body, DBusWriter fields) throws IOException {
        DBusWriter message = new DBusWriter();
        message.octet('l').octet(type).octet(0).octet(1);
        message.uint32(body.length()).uint32(number).uint32(fields.length());
        message.append(fields).align(8).append(body);
        stream.write(message.toBuffer());
    }

    /// Waits for the next message, whatever it is.
    Message receive() throws IOException {
        ByteBuffer head = stream.read(HEAD_BYTES);
        int type = head.get(1);
        int bodyLength = head.getInt(4);
        long number = head.getInt(8) & 0xFFFF_FFFFL;
        int fieldsLength = head.getInt(12);
        if (head.get(0) != 'l'
                || Math.min(bodyLength, fieldsLength) < 0
                || Math.max(bodyLength, fieldsLength) > MESSAGE_BYTES_MAX) {
            throw new IOException("a D-Bus message that is too long or of another byte order");
        }
        int padded = (fieldsLength + 7) / 8 * 8;
        ByteBuffer rest = stream.read(padded + bodyLength);
        // The fields begin at octet 16, so borders of 8 are the same in this buffer.
        ByteBuffer counted = ByteBuffer.allocate(8 + padded).order(rest.order());
        counted.position(4).putInt(fieldsLength).put(rest.slice(0, padded));
        List<?> fields = (List<?>) new DBusReader(counted.position(4)).read("a(yv)").getFirst();
        Message bare = new Message(type, number, List.copyOf(fields), List.of());
        Object signature = bare.field(Message.SIGNATURE).orElse("");
        ByteBuffer body = rest.slice(padded, bodyLength).order(rest.order());
        List<Object> values = new DBusReader(body).read(String.valueOf(signature));
        return new Message(type, number, bare.fields(), values);
    }
}
