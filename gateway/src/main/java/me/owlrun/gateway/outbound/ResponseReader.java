package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one HTTP/1.1 response (RFC 9112) within limits: strict in what ends a body, as that is
/// where servers and readers disagree.
final class ResponseReader {

    private static final int HEAD_BYTES_MAX = 16_384;
    private static final int INTERIM_MAX = 5;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int INTERIM_END = 200;

    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,12}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9a-fA-F]{1,8})[ \t]*(;.*)?");
    private static final int HEX = 16;
    private static final int PIECE_BYTES = 8_192;

    /// What a chunk that brings something may spend on saying how long it is.
    private static final int CHUNK_FRAME_BYTES = 32;

    private final InputStream in;
    private final int bodyBytesMax;
    private int headBytesLeft = HEAD_BYTES_MAX;
    private int bodyBytes;

    ResponseReader(InputStream in, int bodyBytesMax) {
        this.in = in;
        this.bodyBytesMax = bodyBytesMax;
    }

    /// What was read.
    ///
    /// @param location of a redirect
    /// @param leavesOpen whether the connection can carry another request
    record Response(int status, Optional<String> location, String body, boolean leavesOpen) {}

    /// What stands before the body.
    ///
    /// @param fields in lower case
    record Head(int status, Map<String, List<String>> fields, boolean leavesOpen) {

        /// A header that may come once.
        Optional<String> only(String name) throws FetchException {
            return ResponseReader.only(fields, name);
        }
    }

    /// Takes a body piece by piece.
    interface Pieces {

        /// Takes the next piece; false when no more is wanted.
        boolean take(byte[] piece);
    }

    /// Reads a whole answer.
    Response read() throws IOException, FetchException {
        Head head = head();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body(
                head,
                piece -> {
                    body.writeBytes(piece);
                    return true;
                });
        return new Response(
                head.status(),
                head.only("location"),
                body.toString(StandardCharsets.UTF_8),
                head.leavesOpen());
    }

    /// Reads up to the body, past interim answers.
    Head head() throws IOException, FetchException {
        for (int interim = 0; interim < INTERIM_MAX; interim++) {
            String statusLine = line();
            int status = status(statusLine);
            Map<String, List<String>> fields = fields();
            if (status >= INTERIM_END) {
                return new Head(status, fields, leavesOpen(statusLine, fields));
            }
        }
        throw broken("too many interim answers");
    }

    private static boolean leavesOpen(String statusLine, Map<String, List<String>> fields) {
        return statusLine.startsWith("HTTP/1.1 ")
                && (fields.containsKey("content-length") || fields.containsKey("transfer-encoding"))
                && fields.getOrDefault("connection", List.of()).stream()
                        .noneMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
    }

    private static int status(String line) throws FetchException {
        Matcher matcher = STATUS_LINE.matcher(line);
        if (!matcher.matches()) {
            throw broken("not HTTP");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private Map<String, List<String>> fields() throws IOException, FetchException {
        Map<String, List<String>> fields = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            Matcher matcher = FIELD.matcher(line);
            if (!matcher.matches()) {
                throw broken("a header cannot be read");
            }
            fields.computeIfAbsent(
                            matcher.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(matcher.group(2));
        }
        return fields;
    }

    /// A header that may come once.
    private static Optional<String> only(Map<String, List<String>> fields, String name)
            throws FetchException {
        List<String> values = fields.getOrDefault(name, List.of());
        if (values.stream().distinct().count() > 1) {
            throw broken("a header came twice");
        }
        return values.stream().findFirst();
    }

    /// Hands on the body as it comes, until its end or until no more is wanted.
    void body(Head head, Pieces pieces) throws IOException, FetchException {
        Optional<String> coding = head.only("transfer-encoding");
        Optional<String> length = head.only("content-length");
        String packed = head.only("content-encoding").orElse("identity");
        if (!packed.equalsIgnoreCase("identity")) {
            throw broken("the body is packed");
        }
        if (head.status() == NO_CONTENT || head.status() == NOT_MODIFIED) {
            return;
        }
        if (coding.isPresent()) {
            if (length.isPresent() || !coding.get().equalsIgnoreCase("chunked")) {
                throw broken("the length of the body is unclear");
            }
            chunks(pieces);
        } else if (length.isPresent()) {
            var _ = exactly(bytes(length.get()), pieces);
        } else {
            untilTheEnd(pieces);
        }
    }

    private int bytes(String length) throws FetchException {
        if (!LENGTH.matcher(length).matches()) {
            throw broken("the length of the body is unclear");
        }
        long bytes = Long.parseLong(length);
        if (bytes > bodyBytesMax) {
            throw tooLarge("body");
        }
        return (int) bytes;
    }

    /// Whether more is wanted.
    private boolean exactly(int bytes, Pieces pieces) throws IOException, FetchException {
        for (int left = bytes; left > 0; ) {
            byte[] piece = piece(left);
            if (piece.length == 0) {
                throw broken("the body ends early");
            }
            left -= piece.length;
            if (!give(piece, pieces)) {
                return false;
            }
        }
        return true;
    }

    private void untilTheEnd(Pieces pieces) throws IOException, FetchException {
        byte[] piece = piece(PIECE_BYTES);
        while (piece.length > 0 && give(piece, pieces)) {
            piece = piece(PIECE_BYTES);
        }
    }

    /// What is there already, or what comes next; nothing at the end.
    private byte[] piece(int bytesMax) throws IOException {
        byte[] buffer = new byte[Math.min(bytesMax, PIECE_BYTES)];
        int length = in.read(buffer);
        return length == buffer.length ? buffer : Arrays.copyOf(buffer, Math.max(0, length));
    }

    private boolean give(byte[] piece, Pieces pieces) throws FetchException {
        if (piece.length > bodyBytesMax - bodyBytes) {
            throw tooLarge("body");
        }
        bodyBytes += piece.length;
        return pieces.take(piece);
    }

    private void chunks(Pieces pieces) throws IOException, FetchException {
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            if (size > bodyBytesMax - bodyBytes) {
                throw tooLarge("body");
            }
            if (!exactly(size, pieces)) {
                return;
            }
            if (!line().isEmpty()) {
                throw broken("a chunk has another length than it says");
            }
            headBytesLeft = Math.min(HEAD_BYTES_MAX, headBytesLeft + CHUNK_FRAME_BYTES);
        }
        Map<String, List<String>> trailers = fields();
        assert trailers.size() <= HEAD_BYTES_MAX;
    }

    private int chunkSize() throws IOException, FetchException {
        Matcher matcher = CHUNK_SIZE.matcher(line());
        if (!matcher.matches()) {
            throw broken("the length of a chunk is unclear");
        }
        long size = Long.parseLong(matcher.group(1), HEX);
        if (size > bodyBytesMax) {
            throw tooLarge("body");
        }
        return (int) size;
    }

    /// A line without its end. All lines of an answer together have a limit; a chunk that brings
    /// something earns its own short one.
    private String line() throws IOException, FetchException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw broken("the answer ends early");
            }
            if (--headBytesLeft < 0) {
                throw tooLarge("head");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static FetchException broken(String detail) {
        return new FetchException(Fault.BROKEN, detail);
    }

    private static FetchException tooLarge(String what) {
        return new FetchException(Fault.TOO_LARGE, "the " + what + " is too large");
    }
}
