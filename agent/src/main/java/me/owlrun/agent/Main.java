package me.owlrun.agent;

import me.owlrun.agent.link.LinkTiming;
import me.owlrun.agent.problem.AgentException;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The command `owlrun`: reads flags and configuration, runs the node until it is told to stop.
public final class Main {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final String LOG_FORMAT_KEY = "java.util.logging.SimpleFormatter.format";
    private static final String LOG_FORMAT = "%1$tF %1$tT %4$s %5$s%6$s%n";
    // Held here because the JDK forgets loggers that nobody holds, and their levels with them.
    private static final Logger OWN_LOG = Logger.getLogger("me.owlrun");
    private static final Logger SERVER_LOG = Logger.getLogger("io.helidon");

    private Main() {}

    /// Runs the command; leaves with 0 when stopped by a signal, 1 when it cannot start, 2 when
    /// called wrongly.
    ///
    /// @param arguments flags; `--help` lists them
    public static void main(String[] arguments) {
        if (System.getProperty(LOG_FORMAT_KEY) == null) {
            System.setProperty(LOG_FORMAT_KEY, LOG_FORMAT);
        }
        switch (Flags.read(List.of(arguments))) {
            case Flags.Print(String text) -> System.out.println(text);
            case Flags.Wrong(String why) -> {
                System.err.println(why);
                System.err.print(Flags.USAGE);
                System.exit(MISUSED);
            }
            case Flags.Check _ -> check();
            case Flags.Steer(String command, List<String> words, Optional<Path> config) ->
                    steer(command, words, config.orElseGet(Main::defaultFile));
            case Flags.Run run -> run(run);
        }
    }

    private static void check() {
        OWN_LOG.setLevel(Level.OFF);
        SERVER_LOG.setLevel(Level.WARNING);
        try {
            SelfCheck.run(new SecureRandom());
            System.out.println(Build.current().line() + " starts and answers.");
        } catch (AgentException failed) {
            System.err.println(failed.getMessage());
            System.exit(FAILED);
        }
    }

    private static void steer(String command, List<String> words, Path config) {
        try {
            if (!Commands.run(command, words, config, System.out::println)) {
                System.exit(FAILED);
            }
        } catch (AgentException impossible) {
            System.err.println(impossible.getMessage());
            System.exit(FAILED);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path defaultFile() {
        return Config.defaultFile(Path.of(System.getProperty("user.home")));
    }

    private static void run(Flags.Run flags) {
        try {
            Agent agent = start(flags);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent), "stop"));
            if (!flags.headless()) {
                System.out.println("The tray is not part of this build; running headless.");
            }
            System.out.println(
                    "owlrun runs; its page is http://127.0.0.1:" + agent.dashboardPort());
            new CountDownLatch(1).await();
        } catch (AgentException unusable) {
            System.err.println(unusable.getMessage());
            System.exit(FAILED);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Agent start(Flags.Run flags) {
        SERVER_LOG.setLevel(Level.WARNING);
        Logger.getLogger("").addHandler(Agent.RING);
        SecureRandom random = new SecureRandom();
        Map<String, String> overrides = new HashMap<>();
        if (flags.mock()) {
            overrides.put("inference.engine", "mock");
        }
        flags.port().ifPresent(port -> overrides.put("dashboard.port", port.toString()));
        Path file = flags.config().orElseGet(Main::defaultFile);
        Config config = Config.load(file, overrides, random);
        if (config.debug()) {
            OWN_LOG.setLevel(Level.FINE);
            for (var handler : Logger.getLogger("").getHandlers()) {
                handler.setLevel(Level.FINE);
            }
        }
        return Agent.start(
                config, overrides, Agent.Surroundings.ofThisMachine(random), LinkTiming.STANDARD);
    }

    /// Being told to stop is no failure: the process ends with 0, not with the signal's number.
    private static void stop(Agent agent) {
        agent.close();
        System.out.println("owlrun stopped.");
        Runtime.getRuntime().halt(0);
    }
}
