package me.owlrun.http;

import io.helidon.webserver.http.ServerRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/// Reads request bodies with a limit.
public final class HttpBody {

    private HttpBody() {}

    /// The whole body, or nothing when it is longer than allowed.
    ///
    /// @param bytesMax bytes the body may have
    /// @throws UncheckedIOException when the sender broke off
    public static Optional<byte[]> read(ServerRequest request, int bytesMax) {
        if (!request.content().hasEntity()) {
            return Optional.of(new byte[0]);
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(bytesMax + 1);
            return body.length > bytesMax ? Optional.empty() : Optional.of(body);
        } catch (IOException e) {
            throw new UncheckedIOException("the request body broke off", e);
        }
    }
}
