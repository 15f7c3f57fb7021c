package me.owlrun.agent.idle;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The file with the passwords of X servers, written by whoever starts the session.
final class XAuthority {
    static final String NAME = "MIT-MAGIC-COOKIE-1";

    private XAuthority() {}

    /// The password of a display; empty if there is none, as on servers that ask for none.
    static byte[] cookie(Map<String, String> environment, String display) throws IOException {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        Path file = Path.of(environment.getOrDefault("XAUTHORITY", home + "/.Xauthority"));
        if (!Files.isReadable(file)) {
            return new byte[0];
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            while (true) {
                int _ = in.readUnsignedShort();
                byte[] _ = field(in);
                String number = new String(field(in), StandardCharsets.US_ASCII);
                String name = new String(field(in), StandardCharsets.US_ASCII);
                byte[] cookie = field(in);
                if (name.equals(NAME) && (number.isEmpty() || number.equals(display))) {
                    return cookie;
                }
            }
        } catch (EOFException noneFits) {
            return new byte[0];
        }
    }

    private static byte[] field(DataInputStream in) throws IOException {
        byte[] octets = new byte[in.readUnsignedShort()];
        in.readFully(octets);
        return octets;
    }
}
