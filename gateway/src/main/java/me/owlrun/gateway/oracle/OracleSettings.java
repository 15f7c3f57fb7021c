package me.owlrun.gateway.oracle;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.outbound.PublicHttp;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// The settings of this package, and what they make.
public final class OracleSettings {

    /// Where the price comes from.
    public enum Mode {
        /// The operator's setting.
        FIXED,
        /// Public exchanges.
        LIVE
    }

    /// Where the price comes from.
    public static final Setting<Mode> MODE =
            Setting.choice(
                    "oracle.mode",
                    "fixed: bills are made with oracle.usd_per_btc; live: with the mean price of"
                            + " the day before, asked of public exchanges",
                    Mode.class,
                    Mode.FIXED);

    /// The operator's price.
    public static final Setting<BtcRate> USD_PER_BTC =
            new Setting<>(
                    "oracle.usd_per_btc",
                    "fixed price of bitcoin that bills are made with",
                    "USD",
                    "above 0, at most two decimals",
                    "87200.00",
                    BtcRate::ofUsd);

    /// What happens to paid jobs without a price.
    public static final Setting<Oracle.OnStale> ON_STALE =
            Setting.choice(
                    "oracle.on_stale",
                    "what happens to paid jobs when oracle.mode is live and no price was seen for"
                            + " 48 hours",
                    Oracle.OnStale.class,
                    Oracle.OnStale.REFUSE);

    private OracleSettings() {}

    /// An oracle, the work that keeps it up to date, if it needs any, and where its prices are put
    /// right, if they are measured.
    public record Started(Oracle oracle, Optional<Runnable> work, Optional<FixDesk> fixes) {}

    /// Starts an oracle as the settings say; it knows at once what was written down before.
    ///
    /// @param http reaches the exchanges
    /// @param isStoppingWithin waits so long; true when the gateway stops meanwhile
    public static Started start(
            Settings settings,
            PublicHttp http,
            Database database,
            InstantSource clock,
            RandomGenerator random,
            Predicate<Duration> isStoppingWithin) {
        BtcRate configured = settings.get(USD_PER_BTC);
        if (settings.get(MODE) == Mode.FIXED) {
            return new Started(new Oracle(configured), Optional.empty(), Optional.empty());
        }
        Oracle oracle = Oracle.live(configured, settings.get(ON_STALE), clock);
        FixStore store = new FixStore(database);
        OracleLoop loop =
                new OracleLoop(
                        oracle, new QuoteDesk(http, clock), store, clock, random, isStoppingWithin);
        loop.begin();
        return new Started(
                oracle, Optional.of(loop), Optional.of(new FixDesk(oracle, store, clock)));
    }

    /// The migrations that make the tables of this package.
    public static List<Migration> migrations() {
        return FixStore.migrations();
    }
}
