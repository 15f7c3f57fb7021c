package me.owlrun.mint;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseException;
import me.owlrun.http.HttpException;
import me.owlrun.mint.MintSettings.Network;
import me.owlrun.mint.audit.Finding;

import java.time.Clock;
import java.util.List;

/// Starts the mint, or audits its books, from the command line.
public final class Main {

    private static final int EXIT_CONFIG = 2;
    private static final int EXIT_START = 1;
    private static final int EXIT_BREACHES = 1;
    private static final int EXIT_NOT_AUDITED = 3;

    private static final String AUDIT = "audit";

    private Main() {}

    /// Starts the mint and keeps it running until the process is told to stop; or, when the first
    /// argument is `audit`, checks the books and ends.
    ///
    /// @param args `--help`, or settings as `--name=value`, with `audit` before them
    public static void main(String[] args) {
        List<String> flags = List.of(args);
        if (flags.contains("--help")) {
            IO.println("The Owlrun mint. Settings, each given as --name=value:\n");
            IO.println(Settings.markdown(MintSettings.TABLE));
            IO.println("audit as the first argument checks the books, with the same settings.");
            return;
        }
        if (!flags.isEmpty() && flags.getFirst().equals(AUDIT)) {
            System.exit(audit(flags.subList(1, flags.size())));
        }
        try {
            Settings settings = MintSettings.read(System.getenv(), flags);
            Mint mint = Mint.start(settings, Clock.systemUTC());
            Runtime.getRuntime().addShutdownHook(new Thread(mint::close, "stop"));
            String money =
                    settings.get(MintSettings.NETWORK) == Network.PLAY ? "play money" : "bitcoin";
            IO.println("mint ready at " + mint.url() + " (" + money + ")");
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_CONFIG);
        } catch (DatabaseException | HttpException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_START);
        }
    }

    private static int audit(List<String> flags) {
        try {
            List<Finding> findings = Mint.audit(MintSettings.read(System.getenv(), flags));
            findings.forEach(finding -> IO.println(finding.line()));
            return findings.stream().allMatch(f -> f.breaches() == 0) ? 0 : EXIT_BREACHES;
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            return EXIT_CONFIG;
        } catch (DatabaseException e) {
            System.err.println(e.getMessage());
            return EXIT_NOT_AUDITED;
        }
    }
}
