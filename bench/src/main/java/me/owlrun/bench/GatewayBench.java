package me.owlrun.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Our gateway under load, beside others: whole answers, streams, memory.
final class GatewayBench {

    private static final int NODES = 5;
    private static final int NODE_CAPACITY = 256;
    private static final int IDLE_NODES = 5_000;
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration CALM_LOOK = Duration.ofMillis(500);
    private static final int CALM_SHARE = 20;
    private static final int CALM_LOOKS_MAX = 120;
    private static final int WARM_CLIENTS = 8;
    private static final int PAID_PER_SECOND_MAX = 500;
    private static final long TOKEN_SAT = 64;
    private static final long TOKEN_MSAT = 4_096;
    private static final int ACCOUNTS = 16;

    private final GatewayPlace place;
    private final Peers peers;
    private final Plan plan;
    private final InstantSource clock;
    private final Consumer<String> screen;
    private final CpuWatch cpu;
    private final GatewayPlots plots = new GatewayPlots();

    /// What to run.
    ///
    /// @param parts some of `idle`, `keyed`, `whole`, `streams`
    /// @param clients how many at once, one figure per row
    /// @param streams how many at once, one figure per row
    /// @param phase length of one row of whole answers
    /// @param warmUp length of the warm-up of each program
    record Plan(
            List<String> parts,
            List<Integer> clients,
            List<Integer> streams,
            Duration phase,
            Duration warmUp) {}

    GatewayBench(
            GatewayPlace place,
            Peers peers,
            Plan plan,
            InstantSource clock,
            Consumer<String> screen) {
        this.place = place;
        this.peers = peers;
        this.plan = plan;
        this.clock = clock;
        this.screen = screen;
        Map<String, Long> programs = new LinkedHashMap<>();
        programs.put("gateway", place.gateway().pid());
        programs.put("mint", place.mintPid());
        programs.put("postgres", place.postgresPid());
        programs.put("upstream", place.upstreamPid());
        peers.all().forEach(peer -> programs.put(peer.target().name(), peer.program().pid()));
        programs.put("harness", ProcessHandle.current().pid());
        this.cpu = new CpuWatch(programs);
    }

    /// Runs the parts.
    ///
    /// @return what was measured, to be drawn
    GatewayPlots run() {
        if (plan.parts().contains("idle")) {
            idle();
        }
        place.connectNodes(place.gatewayUrl(), NODES, NODE_CAPACITY);
        place.awaitFloat();
        awaitCalm();
        if (plan.parts().contains("keyed")) {
            keyed();
        }
        if (plan.parts().contains("whole")) {
            whole();
        }
        if (plan.parts().contains("streams")) {
            streams();
        }
        screen.accept(plots.table());
        return plots;
    }

    /// Waits until the gateway has made its small coins, which would count as work for requests.
    private void awaitCalm() {
        for (int looks = 0; looks < CALM_LOOKS_MAX; looks++) {
            Map<String, Duration> before = cpu.used();
            LockSupport.parkNanos(CALM_LOOK.toNanos());
            Duration used = CpuWatch.between(before, cpu.used()).get("gateway");
            if (used == null || used.multipliedBy(CALM_SHARE).compareTo(CALM_LOOK) < 0) {
                return;
            }
        }
    }

    /// Memory of a gateway of its own with many nodes that do nothing.
    private void idle() {
        try (OwnProgram gateway = place.startGateway("idle", List.of("--float.kits=50"))) {
            long empty = gateway.residentBytes() >> 20;
            place.connectNodes(place.urlOf("idle"), IDLE_NODES, 1);
            LockSupport.parkNanos(SETTLE.toNanos());
            screen.accept(
                    "idle gateway: %d MB resident; with %,d idle nodes: %d MB"
                            .formatted(empty, IDLE_NODES, gateway.residentBytes() >> 20));
        }
    }

    private List<ChatTarget> free() {
        List<ChatTarget> targets = new ArrayList<>();
        targets.add(ChatTarget.free("direct", place.upstreamUrl(), ""));
        peers.all().forEach(peer -> targets.add(peer.target()));
        return targets;
    }

    private ChatTarget keyed(String name, int accounts) {
        KeySupply keys = KeySupply.open(place.gatewayUrl(), place.mintUrl(), accounts, clock);
        return ChatTarget.keyed(name, place.gatewayUrl(), keys);
    }

    private ChatTarget paid(String unit, int count) {
        long amount = unit.equals("sat") ? TOKEN_SAT : TOKEN_MSAT;
        TokenSupply tokens = TokenSupply.mint(place.mintUrl(), unit, amount, count, clock);
        return ChatTarget.paid("ours, ecash " + unit, place.gatewayUrl(), tokens);
    }

    private int payments() {
        return (int) (PAID_PER_SECOND_MAX * Math.max(1, plan.phase().toSeconds()));
    }

    /// Requests paid by keys, each held and settled in the durable ledger, beside peers that know
    /// nothing of money.
    private void keyed() {
        List<ChatTarget> targets = new ArrayList<>(free());
        targets.add(keyed("ours, %d keys".formatted(ACCOUNTS), ACCOUNTS));
        targets.add(keyed("ours, one key", 1));
        for (ChatTarget target : targets) {
            var _ = load(target, WARM_CLIENTS, plan.warmUp());
        }
        screen.accept("\nrequests paid by key; added is what direct does not need");
        screen.accept(Result.HEAD);
        for (int clients : plan.clients()) {
            var _ = rows(targets, clients);
        }
        memory();
    }

    /// One row for each; the first is that without anything between.
    private double rows(List<ChatTarget> targets, int clients) {
        double direct = 0;
        for (ChatTarget target : targets) {
            Result result = load(target, clients, plan.phase());
            direct = target.name().equals("direct") ? result.millis(0.5) : direct;
            show(result, direct);
        }
        return direct;
    }

    private void whole() {
        for (ChatTarget target : free()) {
            var _ = load(target, WARM_CLIENTS, plan.warmUp());
        }
        for (String unit : List.of("msat", "sat")) {
            var _ = load(paid(unit, payments()), WARM_CLIENTS, plan.warmUp().multipliedBy(2));
        }
        screen.accept("\nanswers at once; added is what direct does not need");
        screen.accept(Result.HEAD);
        for (int clients : plan.clients()) {
            double direct = rows(free(), clients);
            for (String unit : List.of("msat", "sat")) {
                show(load(paid(unit, payments()), clients, plan.phase()), direct);
            }
        }
        memory();
    }

    private void show(Result result, double direct) {
        plots.add(result);
        screen.accept(
                "%s  added p50 %.2f ms"
                        .formatted(result.row(), Math.max(0, result.millis(0.5) - direct)));
    }

    private Result load(ChatTarget target, int clients, Duration phase) {
        List<ChatWorker> workers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            workers.add(new ChatWorker(target, true));
        }
        return new Phase(cpu, phase).run(target.name(), workers);
    }

    private void streams() {
        screen.accept("\nstreams of 64 words, 20 ms apart");
        screen.accept(
                "| through | streams | complete | words lost | first word p50, p99 ms |"
                        + " gap p50, p99, max ms |\n|---|---|---|---|---|---|");
        for (int count : plan.streams()) {
            for (ChatTarget target : free()) {
                show(StreamRun.run(target, count));
            }
            show(StreamRun.run(paid("msat", count), count));
        }
        memory();
    }

    private void show(StreamRun.Figures figures) {
        plots.add(figures);
        screen.accept(row(figures));
    }

    private static String row(StreamRun.Figures figures) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %.1f, %.1f | %.1f, %.1f, %.0f |",
                figures.target(),
                figures.streams(),
                figures.complete(),
                figures.lostWords(),
                figures.first(0.5),
                figures.first(0.99),
                figures.gap(0.5),
                figures.gap(0.99),
                figures.gap(1));
    }

    private void memory() {
        StringBuilder line = new StringBuilder("resident MB: ours ");
        line.append(place.gateway().residentBytes() >> 20);
        peers.all()
                .forEach(peer ->
                        line.append(", ")
                                .append(peer.target().name())
                                .append(' ')
                                .append(peer.program().residentBytes() >> 20));
        screen.accept(line.toString());
    }
}
