package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// A buyer on a plain socket, who may hang up at any byte.
final class FaultBuyer {

    private static final int ANSWER_MILLIS_MAX = 30_000;
    private static final String LENGTH = "\r\nContent-Length: ";

    private FaultBuyer() {}

    /// What a buyer has seen when its connection ended.
    ///
    /// @param text every byte of it, chunk marks included
    /// @param hungUp whether it was the buyer who ended it
    record Seen(String text, boolean hungUp) {

        int status() {
            return text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0;
        }

        boolean hasWords() {
            return text.contains("\"content\":\"Hello");
        }

        /// The change, if all of it is there: as event, as header or in the body.
        Optional<JsonNode> change() {
            String plain = text.replaceAll("\r\n[0-9a-fA-F]+\r\n", "");
            for (String line : plain.split("\n", -1)) {
                if (line.startsWith("data: ") && line.contains("cashu_change")) {
                    return json(line.substring("data: ".length()));
                }
            }
            Optional<String> header = header("X-Cashu-Change");
            Optional<String> msat = header("X-Cashu-Change-Msat");
            if (header.isPresent() && !header.get().startsWith("cashu")) {
                return json(
                        new String(
                                Base64.getUrlDecoder().decode(header.get()),
                                StandardCharsets.UTF_8));
            }
            if (header.isPresent() || msat.isPresent()) {
                ObjectNode json = Json.object().put("token", header.orElse(""));
                msat.ifPresent(token -> json.put("token_msat", token));
                return Optional.of(json);
            }
            int body = text.indexOf("\r\n\r\n");
            return body < 0 || !text.contains("cashu_change")
                    ? Optional.empty()
                    : json(plain.substring(plain.indexOf('{', body - 20)))
                            .map(json -> json.path("cashu_change"));
        }

        private static Optional<JsonNode> json(String text) {
            try {
                return Optional.of(Json.parse(text.strip()));
            } catch (InvalidJsonException e) {
                return Optional.empty(); // it broke off
            }
        }

        private Optional<String> header(String name) {
            int end = text.indexOf("\r\n\r\n");
            int from = text.indexOf("\r\n" + name + ": ");
            return from < 0 || from > end
                    ? Optional.empty()
                    : Optional.of(
                            text.substring(from + name.length() + 4, text.indexOf("\r\n", from + 2))
                                    .strip());
        }
    }

    /// When a buyer hangs up.
    ///
    /// @param bytes after as many
    /// @param text or when this came; empty for never
    /// @param silentMillis or when nothing came for so long; 0 for never
    record Patience(int bytes, String text, int silentMillis) {

        static final Patience ENDLESS = new Patience(Integer.MAX_VALUE, "", 0);
    }

    /// Sends a paid request and reads until the end, or hangs up.
    ///
    /// @param paying the lines of the request that pay
    static Seen buy(String url, String paying, String model, boolean stream, Patience patience) {
        URI gateway = URI.create(url);
        String body = Json.text(TestBuyer.request(model, stream));
        String head =
                """
                POST /v1/chat/completions HTTP/1.1\r
                Host: gateway\r
                Content-Type: application/json\r
                %s\r
                Content-Length: %d\r
                \r
                """
                        .formatted(paying, body.length());
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        boolean hungUp = false;
        try (Socket socket = new Socket(gateway.getHost(), gateway.getPort())) {
            socket.setSoTimeout(
                    patience.silentMillis > 0 ? patience.silentMillis : ANSWER_MILLIS_MAX);
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            hungUp = read(socket, seen, patience);
            if (hungUp) {
                socket.setSoLinger(true, 0);
            }
        } catch (java.net.SocketTimeoutException e) {
            hungUp = true;
        } catch (IOException e) {
            // The gateway is gone, or cut the answer: what was seen is what counts.
        }
        return new Seen(seen.toString(StandardCharsets.UTF_8), hungUp);
    }

    private static boolean read(Socket socket, ByteArrayOutputStream seen, Patience patience)
            throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[1_024];
        while (seen.size() < patience.bytes) {
            int length = in.read(buffer, 0, Math.min(buffer.length, patience.bytes - seen.size()));
            if (length < 0) {
                return false;
            }
            seen.write(buffer, 0, length);
            String text = seen.toString(StandardCharsets.ISO_8859_1);
            if (isWhole(text)) {
                return false;
            }
            if (!patience.text.isEmpty() && text.contains(patience.text)) {
                return true;
            }
        }
        return true;
    }

    /// The gateway leaves the connection open for another request.
    private static boolean isWhole(String text) {
        int body = text.indexOf("\r\n\r\n") + 4;
        int length = text.indexOf(LENGTH);
        if (body < 4 || length < 0 || length > body) {
            return text.endsWith("\r\n0\r\n\r\n");
        }
        String number = text.substring(length + LENGTH.length(), text.indexOf("\r\n", length + 2));
        return text.length() - body == Integer.parseInt(number);
    }
}
