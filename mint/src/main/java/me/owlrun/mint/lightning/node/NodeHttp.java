package me.owlrun.mint.lightning.node;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.json.Json;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.NodeRefusedException;

import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// HTTP with one node: every request carries the credential, every answer has a longest time and a
/// largest size. What goes wrong is told by the name of the call, never by its path, which may hold
/// payment hashes. Thread-safe.
public final class NodeHttp implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(NodeHttp.class.getName());
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final int ANSWER_BYTES_MAX = 4_194_304;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final URI url;
    private final String credentialHeader;
    private final Secret credential;

    /// @param credentialHeader the header that carries the credential
    /// @throws me.owlrun.config.ConfigException when the certificate cannot be read
    public NodeHttp(NodeSetup setup, String credentialHeader, Secret credential) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_MAX)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(threads);
        setup.certificate().map(PinnedCertificate::context).ifPresent(builder::sslContext);
        this.http = builder.build();
        this.url = setup.url();
        this.credentialHeader = credentialHeader;
        this.credential = credential;
        if ("http".equals(url.getScheme()) && !isLoopback(url.getHost())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The credential of the Lightning node goes over plain http to another host;"
                            + " use https, or be sure that nobody listens.");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    /// What is sent with a request.
    ///
    /// @param type its content type
    /// @param text the content
    public record Body(String type, String text) {

        /// A JSON object.
        public static Body json(ObjectNode object) {
            return new Body("application/json", Json.text(object));
        }

        /// The fields of a form.
        public static Body form(Map<String, String> fields) {
            String form =
                    fields.entrySet().stream()
                            .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                            .collect(Collectors.joining("&"));
            return new Body("application/x-www-form-urlencoded", form);
        }

        private static String encode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }

    /// Asks and waits for the whole answer.
    ///
    /// @param what the call, for messages
    /// @param body what to post; empty: get
    /// @param max how long to wait
    /// @throws LightningException when there is no answer
    /// @throws NodeRefusedException when the node does not let the mint in
    public NodeAnswer ask(String what, String path, Optional<Body> body, Duration max) {
        var answer =
                http.sendAsync(
                        request(path, body),
                        BodyHandlers.limiting(
                                BodyHandlers.ofString(StandardCharsets.UTF_8), ANSWER_BYTES_MAX));
        HttpResponse<String> response = await(what, answer, max);
        return refuse(what, new NodeAnswer(response.statusCode(), response.body()));
    }

    private static NodeAnswer refuse(String what, NodeAnswer answer) {
        if (answer.status() == 401 || answer.status() == 403) {
            throw new NodeRefusedException(what + ": the node refuses the credential");
        }
        return answer;
    }

    /// Asks and returns once the answer begins.
    ///
    /// @param max how long to wait for that
    /// @throws LightningException when there is no answer
    public LineStream lines(String what, String path, Optional<Body> body, Duration max) {
        var answer = http.sendAsync(request(path, body), info -> new LineStream(info.statusCode()));
        return await(what, answer, max).body();
    }

    /// The first line of an answer that may go on; the rest is not waited for.
    ///
    /// @param max how long to wait in all
    /// @throws LightningException when the connection broke or nothing came in time
    public String firstLine(String what, String path, Optional<Body> body, Duration max) {
        long deadline = System.nanoTime() + max.toNanos();
        try (LineStream lines = lines(what, path, body, max)) {
            return lines.next(Duration.ofNanos(deadline - System.nanoTime()))
                    .orElseThrow(() -> new LightningException(what + ": no line in the answer"));
        }
    }

    /// Opens a WebSocket.
    ///
    /// @throws LightningException when it does not open
    public WebSocket socket(String what, String path, WebSocket.Listener listener, Duration max) {
        String scheme = "https".equals(url.getScheme()) ? "wss" : "ws";
        URI address =
                URI.create(scheme + url.toString().substring(url.getScheme().length()) + path);
        var opened =
                http.newWebSocketBuilder()
                        .header(credentialHeader, credential.value())
                        .connectTimeout(CONNECT_MAX)
                        .buildAsync(address, listener);
        return await(what, opened, max);
    }

    private HttpRequest request(String path, Optional<Body> body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .header(credentialHeader, credential.value());
        body.ifPresent(b ->
                request.header("Content-Type", b.type()).POST(BodyPublishers.ofString(b.text())));
        return request.build();
    }

    private static <T> T await(String what, Future<T> answer, Duration max) {
        try {
            return answer.get(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            answer.cancel(true);
            throw new LightningException(what + ": no answer within " + max.toSeconds() + " s");
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new LightningException(what + ": interrupted");
        } catch (CancellationException _) {
            throw new LightningException(what + ": the client is closed");
        } catch (ExecutionException e) {
            if (isCertificateProblem(e)) {
                throw new NodeRefusedException(what + ": the node shows another certificate");
            }
            throw new LightningException(what + ": " + kind(e));
        }
    }

    private static String kind(ExecutionException e) {
        return e.getCause() == null ? "no answer" : e.getCause().getClass().getSimpleName();
    }

    private static boolean isCertificateProblem(Throwable problem) {
        for (Throwable at = problem; at != null; at = at.getCause()) {
            if (at instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    /// Breaks what is under way.
    @Override
    public void close() {
        http.shutdownNow();
        threads.shutdown();
    }
}
