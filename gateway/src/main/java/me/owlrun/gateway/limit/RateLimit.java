package me.owlrun.gateway.limit;

import me.owlrun.gateway.http.Admission;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.Visit;
import me.owlrun.limit.Buckets;
import me.owlrun.limit.ClientAddress;
import me.owlrun.limit.Networks;
import me.owlrun.limit.ProxyHeader;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Bounds how often one buyer asks: whoever pays by key by its account, everybody else by address.
/// Inference counts in one bucket, all other requests in a larger one. Asked before the token is
/// touched.
public final class RateLimit implements Admission {

    private static final Duration PAUSED_RETRY = Duration.ofSeconds(60);

    private final Rules rules;
    private final BooleanSupplier jobsPaused;
    private final Function<String, Optional<String>> accountOfKey;
    private final InstantSource clock;
    private final ClientAddress clients;
    private final Buckets inference;
    private final Buckets others;
    private volatile boolean proxyUnknown;

    /// The limits; 0 means none.
    ///
    /// @param exempt clients without limits
    /// @param trustedProxies whose word on the client's address counts
    /// @param header where they give it
    /// @param inferencePerMinute inference requests of one buyer
    /// @param othersPerMinute all other requests of one address
    public record Rules(
            Networks exempt,
            Networks trustedProxies,
            ProxyHeader header,
            long inferencePerMinute,
            long othersPerMinute) {}

    /// @param jobsPaused whether the operator takes no new jobs
    /// @param accountOfKey the account behind a buyer's key, if the key is known
    public RateLimit(
            Rules rules,
            BooleanSupplier jobsPaused,
            Function<String, Optional<String>> accountOfKey,
            InstantSource clock) {
        this.rules = rules;
        this.jobsPaused = jobsPaused;
        this.accountOfKey = accountOfKey;
        this.clock = clock;
        this.clients = new ClientAddress(rules.trustedProxies(), rules.header());
        this.inference = new Buckets(rules.inferencePerMinute());
        this.others = new Buckets(rules.othersPerMinute());
    }

    @Override
    public Verdict admit(Visit visit) {
        InetAddress address = clients.of(visit.peer(), visit.headers());
        String client = ClientAddress.key(address);
        if (visit.route().isUnlimited()) {
            return served(client, Map.of());
        }
        if (visit.route().isInference() && jobsPaused.getAsBoolean()) {
            return new Verdict(client, Map.of(), Optional.of(paused()));
        }
        if (rules.exempt().contain(address)) {
            noteProxy(visit);
            return served(client, Map.of());
        }
        return visit.route().isInference()
                ? inference(client, buyer(visit, client))
                : other(client);
    }

    /// Whether somebody passes requests on who is not in the list of trusted proxies: then all
    /// clients behind it look like one that has no limits.
    public boolean isProxyUnknown() {
        return proxyUnknown;
    }

    private void noteProxy(Visit visit) {
        if (!proxyUnknown
                && !visit.headers().apply(ProxyHeader.X_FORWARDED_FOR.headerName()).isEmpty()) {
            proxyUnknown = true;
        }
    }

    private String buyer(Visit visit, String client) {
        return visit.key()
                .flatMap(accountOfKey)
                .map(account -> "account " + account)
                .orElse(client);
    }

    private Verdict inference(String client, String buyer) {
        Instant now = clock.instant();
        Duration wait = inference.take(buyer, now);
        Buckets.Level level = inference.level(buyer, now);
        if (rules.inferencePerMinute() == 0) {
            return served(client, Map.of());
        }
        Map<String, String> headers =
                Map.of(
                        "x-ratelimit-limit-requests",
                        Long.toString(rules.inferencePerMinute()),
                        "x-ratelimit-remaining-requests",
                        Long.toString(level.left()),
                        "x-ratelimit-reset-requests",
                        seconds(level.fullIn()));
        return new Verdict(client, headers, refusal(wait));
    }

    private Verdict other(String client) {
        return new Verdict(client, Map.of(), refusal(others.take(client, clock.instant())));
    }

    private static Verdict served(String client, Map<String, String> headers) {
        return new Verdict(client, headers, Optional.empty());
    }

    private static Optional<Refusal> refusal(Duration wait) {
        return wait.isZero()
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                ApiError.of(
                                        ErrorCode.RATE_LIMIT_EXCEEDED,
                                        "Too many requests; nothing was claimed, try again after"
                                                + " the seconds in Retry-After."),
                                wait));
    }

    private static Refusal paused() {
        return new Refusal(
                ApiError.of(
                        ErrorCode.PAUSED,
                        "The operator takes no new jobs at the moment; nothing was claimed."),
                PAUSED_RETRY);
    }

    private static String seconds(Duration duration) {
        return duration.plusMillis(999).toSeconds() + "s";
    }
}
