package me.owlrun.http;

import io.helidon.http.BadRequestException;
import io.helidon.http.HttpException;
import io.helidon.http.RequestException;
import io.helidon.webserver.http.ServerRequest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Reads request bodies with a limit of bytes, and of time where the listener has one.
public final class HttpBody {

    private HttpBody() {}

    /// The whole body, or nothing when it is longer than allowed.
    ///
    /// @param bytesMax bytes the body may have
    /// @throws BadRequestException when the sender broke off, or sent what is no body in HTTP
    public static Optional<byte[]> read(ServerRequest request, int bytesMax) {
        if (!request.content().hasEntity()) {
            return Optional.of(new byte[0]);
        }
        Optional<Deadline> deadline = SlowClients.current();
        deadline.ifPresent(Deadline::setForBody);
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(bytesMax + 1);
            deadline.ifPresent(Deadline::clear);
            if (deadline.filter(Deadline::isMissed).isPresent()) {
                throw new BadRequestException("the request body took too long");
            }
            return body.length > bytesMax ? Optional.empty() : Optional.of(body);
        } catch (HttpException | RequestException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Helidon's parser throws whatever it meets
            throw new BadRequestException("the request body broke off or is malformed", e);
        } finally {
            deadline.ifPresent(Deadline::clear);
        }
    }
}
