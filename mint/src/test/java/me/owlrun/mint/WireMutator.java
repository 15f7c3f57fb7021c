package me.owlrun.mint;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/// Writes requests as bytes, right ones and ones that break HTTP by lot.
final class WireMutator {

    private static final int HEADER_BYTES = 140_000;
    private static final int PATH_CHARS = 9_000;

    private static final String JSON = "application/json";
    private static final List<String> VERSIONS = List.of("HTTP/9.9", "HTTP/1", "", "HTTP/1.0");
    private static final List<String> LENGTHS =
            List.of("-1", "x", "", "1e3", "99999999999999999999", "2000000");
    private static final List<String> HEADERS =
            List.of(
                    "no colon\r\n",
                    ": x\r\n",
                    "A\u0001: b\r\n",
                    "X: \u0000\r\n",
                    "Expect: 1\r\n",
                    "Transfer-Encoding: gzip\r\n");
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW", "post");
    private static final List<String> TYPES =
            List.of("text/plain", "", ";;", "application/xml", "application/json; charset=utf-16");
    private static final List<String> TAILS =
            List.of(
                    "/", "%", "%zz", "%00", "/..", "?", "?a=b&a", "#x", "//", "%2e%2e", "/%ff",
                    ";");

    private final RandomGenerator random;

    /// @param random decides everything
    WireMutator(RandomGenerator random) {
        this.random = random;
    }

    /// Bytes to send.
    ///
    /// @param hasBody whether the answer has a body
    /// @param last whether the server cannot know where the request ends
    /// @param broken whether it may hang up without a word
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
    record Wire(byte[] bytes, boolean hasBody, boolean last, boolean broken) {}

    /// A well-formed request.
    static Wire plain(String method, String path, byte[] body) {
        byte[] bytes = bytes(head(method, path, JSON, "" + body.length, ""), body);
        return new Wire(bytes, true, false, false);
    }

    /// A request with something wrong on its outside.
    Wire mutate(String method, String path, byte[] body) {
        String length = "" + body.length;
        return switch (random.nextInt(12)) {
            case 0, 1 -> method(path, body);
            case 2 -> well(bytes(head(method, path, one(TYPES), length, ""), body));
            case 3, 4 -> broken(bytes(head(method, path + one(TAILS), JSON, length, ""), body));
            case 5 -> {
                String longPath = path + "/" + "x".repeat(PATH_CHARS);
                yield broken(bytes(head(method, longPath, JSON, length, ""), body));
            }
            case 6 -> {
                String more = "" + (body.length + 9);
                yield broken(bytes(head(method, path, JSON, more, ""), body));
            }
            case 7 -> broken(bytes(head(method, path, JSON, one(LENGTHS), ""), body));
            case 8 -> {
                String big = "X-Big: " + "y".repeat(HEADER_BYTES) + "\r\n";
                yield broken(bytes(head(method, path, JSON, length, big), body));
            }
            case 9 -> broken(bytes(head(method, path, JSON, length, one(HEADERS)), body));
            case 10 -> chunked(method, path, body);
            default -> {
                String head = head(method, path, JSON, length, "");
                yield broken(bytes(head.replace("HTTP/1.1", one(VERSIONS)), body));
            }
        };
    }

    private Wire method(String path, byte[] body) {
        String method = one(METHODS);
        byte[] bytes = bytes(head(method, path, JSON, "" + body.length, ""), body);
        return new Wire(bytes, !method.equals("HEAD"), true, true);
    }

    private Wire chunked(String method, String path, byte[] body) {
        String size = one(List.of(Integer.toHexString(body.length), "zz", "-1", "fffffffff", ""));
        String head =
                head(method, path, JSON, "0", "Transfer-Encoding: chunked\r\n")
                        .replace("Content-Length: 0\r\n", "");
        byte[] bytes =
                bytes(bytes(head + size + "\r\n", body), one(List.of("\r\n0\r\n\r\n", "0", "")));
        return broken(bytes);
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static Wire well(byte[] bytes) {
        return new Wire(bytes, true, false, false);
    }

    private static Wire broken(byte[] bytes) {
        return new Wire(bytes, true, true, true);
    }

    private static String head(
            String method, String path, String type, String length, String more) {
        return method
                + " "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                + type
                + "\r\nContent-Length: "
                + length
                + "\r\n"
                + more
                + "\r\n";
    }

    private static byte[] bytes(String head, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static byte[] bytes(byte[] start, String end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(start);
        bytes.writeBytes(end.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.toByteArray();
    }
}
