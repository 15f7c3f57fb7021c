package me.owlrun.mint.testing;

import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.Mint;
import me.owlrun.mint.MintSettings;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Starts play-money mints for tests, on a free port, each database with its own seed file.
public final class TestMint {

    private TestMint() {}

    /// Starts a mint; a second start with the same folder and database is a restart.
    ///
    /// @param postgres the server
    /// @param database the name of the mint's database, made when it is missing
    /// @param folder where its seed lies
    /// @param flags more settings, as `--name=value`
    public static Mint start(
            LocalPostgres postgres, String database, Path folder, String... flags) {
        return start(postgres, database, folder, Clock.systemUTC(), flags);
    }

    /// Starts a mint with a clock of the test's own.
    public static Mint start(
            LocalPostgres postgres, String database, Path folder, Clock clock, String... flags) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--database.url=" + postgres.url(database),
                                "--database.user=" + LocalPostgres.USER,
                                "--seed.file=" + folder.resolve(database + ".seed"),
                                "--drain=2"));
        all.addAll(Arrays.asList(flags));
        return Mint.start(MintSettings.read(Map.of(), all), clock);
    }
}
