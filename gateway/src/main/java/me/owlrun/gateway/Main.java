package me.owlrun.gateway;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseException;
import me.owlrun.http.HttpException;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

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

            Settings, each given as --name=value:
            """;

    private Main() {}

    /// Starts the gateway.
    ///
    /// @param args `--help`, or `audit`, and settings as `--name=value`
    public static void main(String[] args) {
        List<String> flags = new ArrayList<>(List.of(args));
        if (flags.contains("--help")) {
            IO.println(USAGE);
            IO.println(Settings.markdown(GatewaySettings.TABLE));
            return;
        }
        try {
            boolean audit = flags.remove("audit");
            Settings settings = GatewaySettings.read(System.getenv(), flags);
            if (audit) {
                audit(settings);
            } else {
                start(settings);
            }
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_CONFIG);
        } catch (DatabaseException | HttpException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_START);
        }
    }

    private static void start(Settings settings) {
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
