package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.log.Logs;
import me.owlrun.http.HttpException;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;

/// Starts the gateway from the command line, or audits its database.
public final class Main {

    private static final int EXIT_START = 1;
    private static final int EXIT_CONFIG = 2;
    private static final int EXIT_BREACH = 3;

    private static final String USAGE =
            """
            The Owlrun gateway.
              (no word)  starts it and keeps it running until the process is told to stop
              audit      checks the money in the database; exit status 3 when something is wrong
              explain ID makes the bill of a job or payment again, step by step; exit status 3 when
                         it is not the one that was booked
              admin ...  asks a gateway that runs; 'admin' alone lists what there is to ask

            Settings, each given as --name=value:
            """;

    private Main() {}

    /// Starts the gateway.
    ///
    /// @param args `--help`, or a word and what belongs to it, and settings as `--name=value`
    public static void main(String[] args) {
        List<String> flags = new ArrayList<>(List.of(args));
        if (flags.contains("--help")) {
            IO.println(USAGE);
            IO.println(Settings.markdown(GatewaySettings.TABLE));
            return;
        }
        try {
            List<String> words = flags.stream().filter(flag -> !flag.startsWith("--")).toList();
            flags.removeAll(words);
            Settings settings = GatewaySettings.read(System.getenv(), flags);
            run(words, settings);
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_CONFIG);
        } catch (DatabaseException | HttpException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_START);
        }
    }

    private static void run(List<String> words, Settings settings) {
        switch (words.isEmpty() ? "" : words.getFirst()) {
            case "" -> start(settings);
            case "audit" -> audit(settings);
            case "explain" -> explain(words, settings);
            case "admin" -> {
                int status = AdminCommand.run(words.subList(1, words.size()), settings);
                if (status != 0) {
                    System.exit(status);
                }
            }
            default ->
                    throw new ConfigException(
                            List.of("There is no '" + words.getFirst() + "'; see --help."));
        }
    }

    private static void explain(List<String> words, Settings settings) {
        if (words.size() != 2) {
            throw new ConfigException(List.of("Say of which job or payment: explain ID."));
        }
        Optional<ObjectNode> bill = Audit.explain(settings, words.get(1));
        if (bill.isEmpty()) {
            System.err.println("No bill of this job or payment is stored.");
            System.exit(EXIT_START);
        }
        IO.println(bill.map(ObjectNode::toPrettyString).orElse(""));
        if (bill.filter(explained -> explained.path("matches").asBoolean()).isEmpty()) {
            System.exit(EXIT_BREACH);
        }
    }

    private static void start(Settings settings) {
        Logs.install(
                settings.get(OperateSettings.LOG_FORMAT),
                switch (settings.get(OperateSettings.LOG_LEVEL)) {
                    case ERROR -> Level.SEVERE;
                    case WARNING -> Level.WARNING;
                    case INFO -> Level.INFO;
                    case DEBUG -> Level.FINE;
                    case ALL -> Level.ALL;
                });
        Gateway gateway = Gateway.start(settings, Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "stop"));
        IO.println("gateway ready at " + gateway.url());
    }

    private static void audit(Settings settings) {
        List<String> findings = Audit.run(settings);
        findings.forEach(IO::println);
        if (!findings.isEmpty()) {
            System.exit(EXIT_BREACH);
        }
        IO.println("audit: every invariant holds");
    }
}
