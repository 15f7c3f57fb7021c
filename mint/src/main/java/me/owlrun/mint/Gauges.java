package me.owlrun.mint;

import me.owlrun.db.Database;
import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Figure.Sample;
import me.owlrun.metrics.JvmFigures;
import me.owlrun.metrics.Registry;
import me.owlrun.mint.admin.Books;
import me.owlrun.mint.admin.Health;
import me.owlrun.mint.admin.Melts;
import me.owlrun.mint.admin.Operator;
import me.owlrun.mint.guard.Pausable;
import me.owlrun.mint.subscribe.Hub;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The figures that are taken when somebody reads them.
record Gauges(
        Health health,
        Melts melts,
        Hub hub,
        Database database,
        Operator.About about,
        InstantSource clock) {

    private static final String PREFIX = "owlrun_mint_";

    void addTo(Registry registry) {
        registry.add(this::process);
        registry.add(this::pool);
        registry.add(this::sockets);
        registry.add(this::lightning);
        registry.add(this::pauses);
        registry.add(this::pendingMelts);
        registry.add(this::liabilities);
        registry.add(() -> JvmFigures.figures(PREFIX));
    }

    private List<Figure> process() {
        return List.of(
                new Figure(
                        PREFIX + "build_info",
                        "The program that runs.",
                        "gauge",
                        List.of(
                                Sample.of(
                                        Map.of(
                                                "version",
                                                about.version(),
                                                "network",
                                                about.network()),
                                        1))),
                Figure.gauge(
                        PREFIX + "start_time_seconds",
                        "When it started.",
                        about.startedAt().getEpochSecond()));
    }

    private List<Figure> pool() {
        Database.Pool pool = database.pool();
        return List.of(
                Figure.gauge(
                        PREFIX + "database_up",
                        "Whether the database answers.",
                        flag(health.database().isAlive())),
                new Figure(
                        PREFIX + "database_connections",
                        "Connections of the pool.",
                        "gauge",
                        List.of(
                                Sample.of(Map.of("state", "active"), pool.active()),
                                Sample.of(Map.of("state", "idle"), pool.idle()))),
                Figure.gauge(
                        PREFIX + "database_connections_max",
                        "The most connections held at once.",
                        pool.max()),
                Figure.gauge(
                        PREFIX + "database_threads_waiting",
                        "Threads that wait for a connection.",
                        pool.waiting()));
    }

    private List<Figure> sockets() {
        return List.of(
                Figure.gauge(
                        PREFIX + "websocket_sessions",
                        "Wallets connected by WebSocket.",
                        hub.sessionCount()),
                Figure.gauge(
                        PREFIX + "websocket_subscriptions",
                        "What they subscribed to.",
                        hub.subscriptionCount()));
    }

    private List<Figure> lightning() {
        List<Figure> figures = new ArrayList<>();
        figures.add(
                Figure.gauge(
                        PREFIX + "lightning_up",
                        "Whether the Lightning node answers.",
                        flag(health.node().isAlive())));
        health.node()
                .last()
                .ifPresent(state -> {
                    figures.add(
                            Figure.gauge(
                                    PREFIX + "lightning_ready",
                                    "Whether it can pay.",
                                    flag(state.ready())));
                    figures.add(
                            Figure.gauge(
                                    PREFIX + "lightning_spendable_millisatoshis",
                                    "What it can send.",
                                    state.spendable().value()));
                });
        return figures;
    }

    private List<Figure> pauses() {
        return List.of(
                new Figure(
                        PREFIX + "paused",
                        "Whether the operator paused it.",
                        "gauge",
                        Arrays.stream(Pausable.values())
                                .map(what ->
                                        Sample.of(
                                                Map.of("what", what.text()),
                                                flag(health.pauses().isPaused(what))))
                                .toList()),
                Figure.gauge(
                        PREFIX + "melt_breaker_open",
                        "Whether melts stopped by themselves.",
                        flag(health.breaker().openBecause().isPresent())));
    }

    private List<Figure> pendingMelts() {
        Melts.Pending pending = melts.pending();
        Instant now = clock.instant();
        long age =
                pending.oldestSince()
                        .map(since -> Duration.between(since, now).toSeconds())
                        .orElse(0L);
        return List.of(
                Figure.gauge(PREFIX + "melts_pending", "Payments under way.", pending.count()),
                Figure.gauge(
                        PREFIX + "melts_pending_oldest_seconds",
                        "Age of the oldest of them.",
                        age));
    }

    private List<Figure> liabilities() {
        List<Sample> issued = new ArrayList<>();
        List<Sample> redeemed = new ArrayList<>();
        for (Books.Account account : health.books().accounts()) {
            Map<String, String> labels =
                    Map.of("keyset", account.keysetId().value(), "unit", account.unit().text());
            issued.add(Sample.of(labels, account.issued()));
            redeemed.add(Sample.of(labels, account.redeemed()));
        }
        return List.of(
                new Figure(
                        PREFIX + "keyset_issued_steps_total",
                        "Ecash issued, in steps of the unit.",
                        "counter",
                        issued),
                new Figure(
                        PREFIX + "keyset_redeemed_steps_total",
                        "Ecash taken back, in steps of the unit.",
                        "counter",
                        redeemed),
                Figure.gauge(
                        PREFIX + "audit_right",
                        "Whether the books are right.",
                        flag(health.books().lastAudit().filter(last -> !last.right()).isEmpty())));
    }

    private static long flag(boolean set) {
        return set ? 1 : 0;
    }
}
