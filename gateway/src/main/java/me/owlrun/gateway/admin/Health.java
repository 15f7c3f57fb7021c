package me.owlrun.gateway.admin;

import me.owlrun.gateway.http.Problem;
import me.owlrun.operate.Pauses;
import me.owlrun.operate.Pulse;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// What is wrong with the gateway now, and what to do about it. Costs nothing to ask: whatever has
/// to be looked up is looked up by the clock.
public final class Health {

    /// How long a market without nodes counts as one that is just beginning.
    private static final Duration NODES_PATIENCE = Duration.ofSeconds(60);

    private final Sources sources;
    private final InstantSource clock;
    private volatile Instant nodesSeenAt;

    /// Who knows.
    ///
    /// @param database whether it answers
    /// @param features what the features say of themselves
    /// @param audit looks through the money
    /// @param pauses what the operator stopped
    /// @param stuck how much money is stuck, looked up by the clock
    /// @param nodesAwake how many nodes take jobs
    /// @param oracleStatus how much the rate can be trusted
    /// @param proxyUnknown whether an unknown proxy passes requests on
    /// @param diskFreeBytes what is free where the gateway runs
    /// @param diskFreeMinBytes what should be
    public record Sources(
            Pulse<Boolean> database,
            List<Supplier<List<Problem>>> features,
            AuditWatch audit,
            Pauses<Pausable> pauses,
            Pulse<Integer> stuck,
            IntSupplier nodesAwake,
            Supplier<String> oracleStatus,
            BooleanSupplier proxyUnknown,
            Supplier<Optional<Long>> diskFreeBytes,
            long diskFreeMinBytes) {}

    /// @param sources who knows
    public Health(Sources sources, InstantSource clock) {
        this.sources = sources;
        this.clock = clock;
        this.nodesSeenAt = clock.instant();
    }

    /// Whether the gateway can serve anything at all.
    public boolean canServe() {
        return sources.database().isAlive();
    }

    /// Why payouts must wait: the operator says so, or the money is wrong.
    public Optional<String> payoutsStopped() {
        if (sources.pauses().isPaused(Pausable.PAYOUTS)) {
            return Optional.of("the operator paused payouts");
        }
        return sources.audit()
                .last()
                .filter(result -> !result.isClean())
                .map(result -> "an audit found something wrong with the money");
    }

    /// Everything that is wrong.
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        if (!sources.database().isAlive()) {
            problems.add(
                    new Problem(
                            "database",
                            "The database does not answer",
                            "Check the PostgreSQL server and its connections; nothing is lost."));
        }
        // Two may notice the same.
        sources.features().stream()
                .flatMap(feature -> feature.get().stream())
                .distinct()
                .forEach(problems::add);
        sources.audit()
                .last()
                .filter(result -> !result.isClean())
                .ifPresent(result ->
                        problems.add(
                                new Problem(
                                        "audit",
                                        "The money is wrong in %d places"
                                                .formatted(result.findings().size()),
                                        "Payouts are stopped. Run 'audit' and find out"
                                                + " why (docs/ledger.md).")));
        sources.stuck()
                .last()
                .filter(count -> count > 0)
                .ifPresent(count ->
                        problems.add(
                                new Problem(
                                        "stuck",
                                        count + " payments or payouts take long",
                                        "Look at them with 'admin stuck'; none is lost,"
                                                + " each is asked for again by itself.")));
        nodes().ifPresent(problems::add);
        oracle().ifPresent(problems::add);
        proxy().ifPresent(problems::add);
        disk().ifPresent(problems::add);
        for (Map.Entry<Pausable, Pauses.Pause> pause : sources.pauses().all().entrySet()) {
            String what = pause.getKey().text();
            problems.add(
                    new Problem(
                            "paused_" + what,
                            "The operator paused " + what,
                            "'admin resume " + what + "' lets it go on."));
        }
        return problems;
    }

    private Optional<Problem> nodes() {
        Instant now = clock.instant();
        if (sources.nodesAwake().getAsInt() > 0) {
            nodesSeenAt = now;
            return Optional.empty();
        }
        return nodesSeenAt.plus(NODES_PATIENCE).isAfter(now)
                ? Optional.empty()
                : Optional.of(
                        new Problem(
                                "no_nodes",
                                "No node takes jobs",
                                "Start an agent, or see 'admin nodes' for who rests or drains."));
    }

    private Optional<Problem> oracle() {
        String status = sources.oracleStatus().get();
        return switch (status) {
            case "stale" ->
                    Optional.of(
                            new Problem(
                                    "oracle_stale",
                                    "The exchange rate is old",
                                    "Check the way to the exchanges; without a price for 48"
                                            + " hours paid jobs stop. Or set oracle.mode=fixed."));
            case "degraded" ->
                    Optional.of(
                            new Problem(
                                    "oracle_degraded",
                                    "Few price sources answer",
                                    "Bills are still right; check the way to the exchanges."));
            default -> Optional.empty();
        };
    }

    private Optional<Problem> proxy() {
        return sources.proxyUnknown().getAsBoolean()
                ? Optional.of(
                        new Problem(
                                "proxy_untrusted",
                                "A proxy passes requests on and is not in guard.trusted_proxies",
                                "Add its network there, or no limit counts the clients behind it"
                                        + " (docs/deploy.md)."))
                : Optional.empty();
    }

    private Optional<Problem> disk() {
        return sources.diskFreeBytes()
                .get()
                .filter(free -> free < sources.diskFreeMinBytes())
                .map(free ->
                        new Problem(
                                "disk",
                                "The disk is nearly full: %d MiB free".formatted(free >> 20),
                                "Make room where the gateway and its logs lie."));
    }
}
