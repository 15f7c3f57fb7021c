package me.owlrun.gateway;

import me.owlrun.db.Database;
import me.owlrun.gateway.admin.About;
import me.owlrun.gateway.admin.AuditResult;
import me.owlrun.gateway.admin.AuditWatch;
import me.owlrun.gateway.admin.OpenPaymentStore;
import me.owlrun.gateway.admin.Pausable;
import me.owlrun.gateway.admin.Totals;
import me.owlrun.gateway.admin.Transparency;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Figure.Sample;
import me.owlrun.metrics.JvmFigures;
import me.owlrun.metrics.Registry;
import me.owlrun.operate.Pauses;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// The figures that are taken when somebody reads them.
///
/// @param databaseUp whether it answers
record Gauges(
        About about,
        Database database,
        BooleanSupplier databaseUp,
        NodePool nodes,
        JobBoard board,
        OpenPaymentStore payments,
        Transparency transparency,
        AuditWatch audit,
        Pauses<Pausable> pauses,
        InstantSource clock) {

    private static final String PREFIX = "owlrun_gateway_";

    void addTo(Registry registry) {
        registry.add(this::process);
        registry.add(this::pool);
        registry.add(this::market);
        registry.add(this::openPayments);
        registry.add(this::money);
        registry.add(this::stops);
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
                                                "version", about.version(),
                                                "network", about.network(),
                                                "instance", about.instance()),
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
                        flag(databaseUp.getAsBoolean())),
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

    private List<Figure> market() {
        List<NodeLink> all = nodes.all();
        long awake = all.stream().filter(NodeLink::takesJobs).count();
        return List.of(
                Figure.gauge(PREFIX + "node_sockets", "Nodes connected here.", all.size()),
                Figure.gauge(PREFIX + "nodes_taking_jobs", "Nodes that take jobs.", awake),
                Figure.gauge(
                        PREFIX + "node_slots",
                        "Jobs that they run at the same time at most.",
                        all.stream().mapToLong(NodeLink::capacity).sum()),
                Figure.gauge(PREFIX + "jobs_running", "Jobs under way.", board.size()));
    }

    private List<Figure> openPayments() {
        Instant now = clock.instant();
        List<Sample> counts = new ArrayList<>();
        List<Sample> ages = new ArrayList<>();
        payments.open()
                .forEach((state, open) -> {
                    Map<String, String> label = Map.of("state", state);
                    counts.add(Sample.of(label, open.count()));
                    ages.add(
                            Sample.of(
                                    label,
                                    open.oldestSince()
                                            .map(since -> Duration.between(since, now).toSeconds())
                                            .orElse(0L)));
                });
        return List.of(
                new Figure(
                        PREFIX + "payments_open",
                        "Payments that are neither settled nor refunded.",
                        "gauge",
                        counts),
                new Figure(
                        PREFIX + "payments_open_oldest_seconds",
                        "Age of the oldest of them.",
                        "gauge",
                        ages),
                Figure.gauge(
                        PREFIX + "float_kits_free",
                        "Sets of small coins that are ready.",
                        payments.freeKits()));
    }

    private List<Figure> money() {
        Totals totals = transparency.totals();
        List<Sample> flows = new ArrayList<>();
        List<Sample> transfers = new ArrayList<>();
        totals.sums()
                .forEach((flow, sum) -> {
                    Map<String, String> labels =
                            Map.of("event", flow.event(), "account", flow.kind());
                    flows.add(Sample.of(labels, sum.msat()));
                    transfers.add(Sample.of(labels, sum.transfers()));
                });
        return List.of(
                new Figure(
                        PREFIX + "ledger_moved_millisatoshis",
                        "What each event moved on each kind of account, by all gateways.",
                        "gauge",
                        flows),
                new Figure(PREFIX + "ledger_transfers_total", "How often.", "counter", transfers),
                new Figure(
                        PREFIX + "ledger_balance_millisatoshis",
                        "How kinds of accounts stand: owed positive, held negative.",
                        "gauge",
                        totals.balances().stream()
                                .map(each -> Sample.of(Map.of("account", each.kind()), each.msat()))
                                .toList()),
                counter("jobs_settled_total", "Jobs paid for, by all gateways.", totals.jobs()),
                counter("tokens_total", "Tokens paid for, by all gateways.", totals.tokens()));
    }

    private static Figure counter(String name, String help, long value) {
        return new Figure(PREFIX + name, help, "counter", List.of(Sample.of(Map.of(), value)));
    }

    private List<Figure> stops() {
        return List.of(
                new Figure(
                        PREFIX + "paused",
                        "Whether the operator paused it.",
                        "gauge",
                        Arrays.stream(Pausable.values())
                                .map(what ->
                                        Sample.of(
                                                Map.of("what", what.text()),
                                                flag(pauses.isPaused(what))))
                                .toList()),
                Figure.gauge(
                        PREFIX + "audit_right",
                        "Whether the last audit found nothing.",
                        flag(audit.last().map(AuditResult::isClean).orElse(true))));
    }

    private static long flag(boolean set) {
        return set ? 1 : 0;
    }
}
