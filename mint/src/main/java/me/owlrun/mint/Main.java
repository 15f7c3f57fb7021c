package me.owlrun.mint;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseException;
import me.owlrun.http.HttpException;
import me.owlrun.mint.MintSettings.Network;

import java.time.Clock;
import java.util.List;

/// Starts the mint from the command line.
public final class Main {

    private static final int EXIT_CONFIG = 2;
    private static final int EXIT_START = 1;

    private Main() {}

    /// Starts the mint and keeps it running until the process is told to stop.
    ///
    /// @param args `--help`, or settings as `--name=value`
    public static void main(String[] args) {
        List<String> flags = List.of(args);
        if (flags.contains("--help")) {
            IO.println("The Owlrun mint. Settings, each given as --name=value:\n");
            IO.println(Settings.markdown(MintSettings.TABLE));
            return;
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
}
