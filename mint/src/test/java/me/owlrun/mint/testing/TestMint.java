package me.owlrun.mint.testing;

import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.Mint;
import me.owlrun.mint.MintSettings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A place where play-money mints can be started, stopped and started again: one database and one
/// seed file.
///
/// @param postgres the server
/// @param database the name of the database, made when it is missing
/// @param seedFile the seed, made when it is missing
public record TestMint(LocalPostgres postgres, String database, Path seedFile) {

    /// A place on the shared server, with a database of its own.
    public static TestMint fresh() {
        try {
            Path folder = Files.createTempDirectory("owlrun-mint");
            folder.toFile().deleteOnExit();
            return new TestMint(
                    TestPostgres.shared(), TestPostgres.freshName(), folder.resolve("seed"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts a mint on a free port. Another one may run at the same place.
    ///
    /// @param flags more settings, as `--name=value`
    public Mint start(String... flags) {
        return start(Clock.systemUTC(), flags);
    }

    /// Starts a mint with a clock of the test's own.
    public Mint start(Clock clock, String... flags) {
        return Mint.start(MintSettings.read(Map.of(), settings(flags)), clock);
    }

    /// The settings of a mint here, for one that runs in a process of its own.
    ///
    /// @param flags more settings, as `--name=value`
    public List<String> settings(String... flags) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--database.url=" + url(),
                                "--database.user=" + LocalPostgres.USER,
                                "--seed.file=" + seedFile,
                                "--fake.pay_delay=50",
                                "--melt.watch=20",
                                "--melt.confirm=0",
                                "--lightning.look_every=0",
                                "--drain=2"));
        for (String flag : flags) {
            String name = flag.substring(0, flag.indexOf('=') + 1);
            all.removeIf(given -> given.startsWith(name));
        }
        all.addAll(Arrays.asList(flags));
        return all;
    }

    /// The JDBC address of the database.
    public String url() {
        return postgres.url(database);
    }
}
