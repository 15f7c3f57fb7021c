package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;
import me.owlrun.gateway.outbound.ResponseReader.Response;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/// Asks one server that the operator has named, over connections that are kept. A request is sent
/// once: what became of one whose answer is lost only the caller can find out. Thread-safe.
public final class KnownHttp implements AutoCloseable {

    /// More idle connections than this are closed.
    private static final int KEPT_MAX = 128;

    private final KnownServer server;
    private final Deque<KeptConnection> kept = new ConcurrentLinkedDeque<>();
    private final AtomicInteger keptCount = new AtomicInteger();
    private final String fields;
    private final String path;
    private volatile boolean closed;

    /// @param base an http or https address without a slash at its end
    public KnownHttp(URI base) {
        this.server = KnownServer.of(base);
        this.path = base.getRawPath();
        this.fields =
                " HTTP/1.1\r\nHost: "
                        + base.getRawAuthority()
                        + "\r\nAccept: application/json\r\nAccept-Encoding: identity"
                        + "\r\nUser-Agent: owlrun\r\n";
    }

    /// What a server is asked.
    ///
    /// @param path begins with a slash; stands behind the path of the server's address
    /// @param json sent by POST; a GET without it
    public record Question(String path, Optional<String> json) {}

    /// Asks.
    ///
    /// @param bodyBytesMax the most an answer may have
    /// @param exchangeMax how long everything may take
    /// @return a failure to connect, to find the name or of TLS only when nothing was sent
    public Fetched ask(Question question, int bodyBytesMax, Duration exchangeMax) {
        Deadline deadline = Deadline.in(exchangeMax);
        try {
            return answer(question, bodyBytesMax, deadline);
        } catch (FetchException e) {
            return e.toFailed();
        } catch (IOException e) {
            return deadline.isOver()
                    ? new Fetched.Failed(Fault.TIMEOUT, "no answer in time")
                    : new Fetched.Failed(Fault.BROKEN, "the connection broke");
        }
    }

    private Fetched answer(Question question, int bodyBytesMax, Deadline deadline)
            throws IOException, FetchException {
        KeptConnection connection = take(deadline);
        boolean again = false;
        try (Closeable _ = deadline.closing(connection.raw())) {
            connection.write(request(question));
            Response response = new ResponseReader(connection.in(), bodyBytesMax).read();
            again = response.leavesOpen();
            return new Fetched.Answer(response.status(), response.body());
        } finally {
            if (again) {
                keep(connection);
            } else {
                connection.close();
            }
        }
    }

    /// A connection on which nothing has happened since its last answer, or a new one.
    private KeptConnection take(Deadline deadline) throws FetchException {
        for (KeptConnection idle = kept.poll(); idle != null; idle = kept.poll()) {
            keptCount.decrementAndGet();
            if (idle.isQuiet()) {
                return idle;
            }
            idle.close();
        }
        return server.connect(deadline);
    }

    private void keep(KeptConnection connection) {
        if (keptCount.incrementAndGet() > KEPT_MAX) {
            keptCount.decrementAndGet();
            connection.close();
            return;
        }
        kept.push(connection);
        if (closed) {
            closeAll();
        }
    }

    private byte[] request(Question question) {
        byte[] body = question.json().orElse("").getBytes(StandardCharsets.UTF_8);
        String what =
                question.json().isEmpty()
                        ? "\r\n"
                        : "Content-Type: application/json\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n";
        String method = question.json().isEmpty() ? "GET " : "POST ";
        byte[] head =
                (method + path + question.path() + fields + what)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    private void closeAll() {
        for (KeptConnection idle = kept.poll(); idle != null; idle = kept.poll()) {
            idle.close();
        }
    }

    /// Closes the connections that are idle; others close after their answer.
    @Override
    public void close() {
        closed = true;
        closeAll();
    }
}
