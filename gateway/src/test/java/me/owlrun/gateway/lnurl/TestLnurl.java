package me.owlrun.gateway.lnurl;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.hash.Sha256;
import me.owlrun.http.HttpListener;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// An LNURL server on this machine that plays the host `wallet.example.org`. It knows every user
/// but `nobody`, and gives the answers that a test scripts.
public final class TestLnurl implements AutoCloseable {

    /// The host it plays.
    public static final String HOST = "wallet.example.org";

    private static final String METADATA = "[[\"text/plain\",\"For tests\"]]";

    private final InstantSource clock;
    private final HttpListener listener;
    private final List<String> callbacks = new CopyOnWriteArrayList<>();
    private volatile UnaryOperator<ObjectNode> terms = json -> json;
    private volatile UnaryOperator<ObjectNode> answer = json -> json;
    private volatile UnaryOperator<TestInvoice> invoice = draft -> draft;
    private volatile BiFunction<Msat, String, String> writer;
    private volatile Raw rawTerms = new Raw(200, "");
    private volatile Raw rawCallback = new Raw(200, "");

    /// An answer as it stands.
    private record Raw(int status, String body) {}

    private TestLnurl(InstantSource clock) {
        this.clock = clock;
        this.writer = this::write;
        this.listener =
                HttpListener.start(
                        new HttpListener.Limits("127.0.0.1", 0, 100_000, 100, Duration.ZERO),
                        (status, message) -> message.getBytes(StandardCharsets.UTF_8),
                        this::routes,
                        sockets -> {});
    }

    /// Starts one.
    ///
    /// @param clock when its invoices are made
    public static TestLnurl start(InstantSource clock) {
        return new TestLnurl(clock);
    }

    /// The setting that leads a gateway of play money to it.
    public String flag() {
        return "--lnurl.play_hosts=" + HOST + "=" + url();
    }

    /// A client that reaches it.
    public PublicHttp http() {
        return PublicHttp.withPlayHosts(Map.of(HOST, URI.create(url())));
    }

    private String url() {
        return "http://127.0.0.1:" + listener.port();
    }

    /// A user's address.
    public LightningAddress address(String user) {
        return LightningAddress.parse(user + "@" + HOST).orElseThrow();
    }

    /// Changes the terms from now on.
    public void terms(UnaryOperator<ObjectNode> change) {
        terms = change;
    }

    /// Answers questions for terms by this from now on; empty as usual again.
    public void rawTerms(int status, String body) {
        rawTerms = new Raw(status, body);
    }

    /// Changes the invoices from now on.
    public void invoice(UnaryOperator<TestInvoice> change) {
        invoice = change;
    }

    /// Makes the invoices in another way from now on, out of amount and description hash.
    public void invoices(BiFunction<Msat, String, String> otherWriter) {
        writer = otherWriter;
    }

    /// Changes the answers of the callback from now on.
    public void answer(UnaryOperator<ObjectNode> change) {
        answer = change;
    }

    /// Answers the callback by this from now on; empty as usual again.
    public void rawCallback(int status, String body) {
        rawCallback = new Raw(status, body);
    }

    /// The queries of all questions for invoices so far.
    public List<String> callbacks() {
        return callbacks;
    }

    private void routes(HttpRouting.Builder routes) {
        routes.get("/.well-known/lnurlp/{user}", this::terms)
                .get("/pay/{user}", this::callback)
                .get("/verify/{state}", TestLnurl::verify);
    }

    private void terms(ServerRequest request, ServerResponse response) {
        Raw raw = rawTerms;
        String user = request.path().pathParameters().get("user");
        if (!raw.body().isEmpty() || raw.status() != 200) {
            response.status(Status.create(raw.status())).send(raw.body());
        } else if (user.equals("nobody")) {
            response.status(Status.NOT_FOUND_404)
                    .send("{\"status\":\"ERROR\",\"reason\":\"no such user\"}");
        } else {
            response.send(Json.text(terms.apply(terms(user))));
        }
    }

    private static ObjectNode terms(String user) {
        return Json.object()
                .put("tag", "payRequest")
                .put("callback", "https://" + HOST + "/pay/" + user)
                .put("minSendable", 1_000)
                .put("maxSendable", 1_000_000_000)
                .put("metadata", METADATA)
                .put("commentAllowed", 20);
    }

    private void callback(ServerRequest request, ServerResponse response) {
        callbacks.add(request.query().rawValue());
        Raw raw = rawCallback;
        if (!raw.body().isEmpty() || raw.status() != 200) {
            response.status(Status.create(raw.status())).send(raw.body());
            return;
        }
        Msat amount = Msat.of(Long.parseLong(request.query().get("amount")));
        ObjectNode json =
                Json.object()
                        .put("pr", writer.apply(amount, Sha256.hexOf(METADATA)))
                        .put("verify", "https://" + HOST + "/verify/yes");
        json.putArray("routes");
        response.send(Json.text(answer.apply(json)));
    }

    private String write(Msat amount, String descriptionHashHex) {
        TestInvoice right =
                TestInvoice.of(amount, clock.instant())
                        .descriptionHash(java.util.Optional.of(descriptionHashHex));
        return invoice.apply(right).write();
    }

    private static void verify(ServerRequest request, ServerResponse response) {
        String state = request.path().pathParameters().get("state");
        ObjectNode json = Json.object().put("status", "OK").put("settled", state.equals("yes"));
        response.send(
                Json.text(
                        state.equals("odd")
                                ? json.put("settled", "maybe")
                                : json.put("preimage", state.equals("yes") ? "0".repeat(64) : null)
                                        .put("pr", "lnbc1")));
    }

    @Override
    public void close() {
        listener.close();
    }
}
