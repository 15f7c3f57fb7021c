package me.owlrun.bench;

import me.owlrun.config.Settings;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// The commands of the harness.
final class Bench {

    private static final long HARNESS = ProcessHandle.current().pid();

    private final Settings settings;
    private final InstantSource clock;
    private final Consumer<String> screen;

    Bench(Settings settings, InstantSource clock, Consumer<String> screen) {
        this.settings = settings;
        this.clock = clock;
        this.screen = screen;
    }

    /// Loads a mint.
    ///
    /// @return whether the audit is clean
    boolean load() {
        screen.accept(machine());
        return BenchSettings.isOwn(settings) ? loadOwn() : loadOther();
    }

    private boolean loadOther() {
        Map<String, Long> programs = new LinkedHashMap<>();
        long pid = settings.get(BenchSettings.PID);
        if (pid > 0) {
            programs.put("mint", pid);
        }
        programs.put("harness", HARNESS);
        return report(
                new LoadRun(
                        settings.get(BenchSettings.URL),
                        plan(),
                        new CpuWatch(programs),
                        new SecureRandom(),
                        clock,
                        screen));
    }

    private boolean loadOwn() {
        try (OwnPostgres postgres = OwnPostgres.start(programs());
                OwnMint mint = OwnMint.start(command(postgres), postgres.url("mint"))) {
            Map<String, Long> programs = new LinkedHashMap<>();
            programs.put("mint", mint.pid());
            programs.put("postgres", postgres.pid());
            programs.put("harness", HARNESS);
            return report(
                    new LoadRun(
                            mint.url(),
                            plan(),
                            new CpuWatch(programs),
                            new SecureRandom(),
                            clock,
                            screen));
        }
    }

    private boolean report(LoadRun run) {
        Report report = run.run();
        Path file = out().resolve("load.json");
        report.write(file, machine());
        screen.accept("figures in " + file);
        return report.audit().clean();
    }

    private LoadRun.Plan plan() {
        return new LoadRun.Plan(
                settings.get(BenchSettings.CLIENTS),
                settings.get(BenchSettings.OPERATIONS),
                settings.get(BenchSettings.PHASE),
                settings.get(BenchSettings.WARM_UP),
                Math.toIntExact(settings.get(BenchSettings.MELTS)));
    }

    /// Idle memory and start time of our mint, on an empty database and on one with many proofs.
    void idle() {
        screen.accept(machine());
        try (OwnPostgres postgres = OwnPostgres.start(programs())) {
            new IdleFigures(command(postgres), postgres, screen)
                    .run(settings.get(BenchSettings.ROWS));
        }
    }

    /// Swap latency by the number of spent proofs.
    void growth() {
        screen.accept(machine());
        try (OwnPostgres postgres = OwnPostgres.start(programs())) {
            Growth growth = new Growth(command(postgres), postgres, plan(), clock, screen);
            String svg = growth.run(settings.get(BenchSettings.ROWS), machine());
            Path file =
                    settings.get(BenchSettings.SVG)
                            .orElseGet(() -> out().resolve("swap-latency.svg"));
            Plot.write(file, svg);
            screen.accept("plot in " + file);
        }
    }

    /// Our gateway, beside others.
    void gateway() {
        screen.accept(machine());
        try (OwnPostgres postgres = OwnPostgres.start(programs());
                GatewayPlace place =
                        new GatewayPlace(
                                postgres,
                                command(postgres),
                                BenchSettings.words(settings.get(BenchSettings.GATEWAY_JVM)),
                                BenchSettings.words(settings.get(BenchSettings.GATEWAY)));
                Peers peers =
                        new Peers(
                                place.upstreamUrl(),
                                postgres.folder(),
                                lib().toAbsolutePath().resolveSibling("portkey"),
                                screen)) {
            GatewayBench.Plan plan =
                    new GatewayBench.Plan(
                            settings.get(BenchSettings.PARTS),
                            settings.get(BenchSettings.GATEWAY_CLIENTS),
                            settings.get(BenchSettings.STREAMS),
                            settings.get(BenchSettings.GATEWAY_PHASE),
                            settings.get(BenchSettings.GATEWAY_WARM_UP));
            GatewayPlots plots = new GatewayBench(place, peers, plan, clock, screen).run();
            Path folder = settings.get(BenchSettings.SVG).orElseGet(this::out);
            plots.draw(folder, machine()).forEach(file -> screen.accept("plot in " + file));
        }
    }

    private OwnMint.Command command(OwnPostgres postgres) {
        return new OwnMint.Command(
                lib(),
                Path.of(System.getProperty("bench.root", "."), "scripts", "mint.jvm"),
                postgres.folder(),
                BenchSettings.words(settings.get(BenchSettings.JVM)),
                BenchSettings.words(settings.get(BenchSettings.MINT)));
    }

    private static Path lib() {
        return Path.of(System.getProperty("bench.lib", "bench/target/lib"));
    }

    private static Path programs() {
        return lib().toAbsolutePath().resolveSibling("postgres");
    }

    private Path out() {
        return settings.get(BenchSettings.OUT)
                .orElseGet(() -> lib().toAbsolutePath().resolveSibling("results"));
    }

    private static String machine() {
        return "%s, %d processors, %s %s, Java %s"
                .formatted(
                        Machine.processor(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vm.version"));
    }
}
