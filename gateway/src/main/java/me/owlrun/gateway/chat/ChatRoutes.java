package me.owlrun.gateway.chat;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.pay.PaySteps;
import me.owlrun.gateway.pay.PaymentMethod;
import me.owlrun.http.HttpBody;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/// Everything a buyer can ask of a model: OpenAI's and Ollama's paths, and what they would cost.
/// All paid paths go through one [JobDesk].
public final class ChatRoutes implements HttpService {

    private static final HeaderName CHANGE_MODE = HeaderNames.create("X-Cashu-Change-Mode");
    private static final String EVENTS = "text/event-stream";

    /// Bytes a request for work may have.
    public static final int BODY_BYTES_MAX = 10_485_760;

    private final JobDesk desk;
    private final List<HttpService> others;

    /// @param methods ways of paying, in the order in which they are tried
    /// @param mint the address of the mint that payment requests name
    /// @param stop ends background work
    /// @param steps hears how far payments came
    /// @param attempts hears what nodes made of their jobs
    public ChatRoutes(
            List<PaymentMethod> methods,
            String mint,
            Catalog catalog,
            Oracle oracle,
            NodePool pool,
            JobBoard board,
            ChatLimits limits,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop,
            PaySteps steps,
            Attempt.Listener attempts) {
        Admissions admissions =
                new Admissions(methods, mint, catalog, pool, oracle, limits.costMin());
        this.desk =
                new JobDesk(admissions, pool, board, limits, random, clock, stop, steps, attempts);
        this.others =
                List.of(
                        new EstimateRoutes(admissions),
                        new OllamaRoutes(catalog, pool::nodesByModel));
    }

    /// Watches writes to buyers until the gateway stops.
    public Runnable stalledWrites() {
        return desk.stalledWrites();
    }

    /// Takes no new requests from now on.
    public void stopping() {
        desk.stopping();
    }

    @Override
    public void routing(HttpRules rules) {
        for (String version : List.of("/v1", "")) {
            Answers.post(rules, version + "/chat/completions", paid(Dialect.CHAT));
            Answers.post(rules, version + "/completions", paid(Dialect.COMPLETION));
            Answers.post(rules, version + "/embeddings", paid(Dialect.EMBEDDING));
        }
        Answers.post(rules, "/api/chat", paid(Dialect.OLLAMA_CHAT));
        Answers.post(rules, "/api/generate", paid(Dialect.OLLAMA_GENERATE));
        Answers.post(rules, "/api/embed", paid(Dialect.OLLAMA_EMBED));
        Answers.post(rules, "/api/embeddings", paid(Dialect.OLLAMA_EMBED_ONE));
        others.forEach(routes -> routes.routing(rules));
    }

    private Handler paid(Dialect dialect) {
        return (request, response) -> serve(dialect, request, response);
    }

    private void serve(Dialect dialect, ServerRequest request, ServerResponse response) {
        Answer answer = new Answer(response);
        if (!desk.turnsAway(answer, dialect)) {
            desk.serve(call(request), dialect, answer);
        }
    }

    private static ChatCall call(ServerRequest request) {
        Headers headers = request.headers();
        String accept = headers.first(HeaderNames.ACCEPT).orElse("");
        return new ChatCall(
                headers.first(HeaderNames.CONTENT_TYPE),
                HttpBody.read(request, BODY_BYTES_MAX),
                PaymentHeaders.of(headers),
                headers.first(CHANGE_MODE),
                headers.first(HeaderNames.USER_AGENT),
                accept.toLowerCase(Locale.ROOT).contains(EVENTS));
    }
}
