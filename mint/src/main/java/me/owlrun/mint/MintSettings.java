package me.owlrun.mint;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseSettings;
import me.owlrun.mint.keys.IdVersion;
import me.owlrun.mint.quote.MeltRules;
import me.owlrun.money.Msat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The table of the mint's settings. Flags are `--name=value`, environment variables
/// `OWLRUN_MINT_NAME` with dots as underscores.
public final class MintSettings {

    /// What the environment variables begin with.
    public static final String ENVIRONMENT_PREFIX = "OWLRUN_MINT";

    /// Which money the mint deals in.
    public enum Network {
        /// Play money, worth nothing.
        PLAY,
        /// Bitcoin.
        BITCOIN
    }

    /// The Lightning backends there are.
    public enum Backend {
        /// The play-money backend.
        FAKE,
        /// LND's REST interface.
        LND,
        /// phoenixd.
        PHOENIXD,
        /// Core Lightning's `clnrest`.
        CLN
    }

    private static final Duration CONFIRM_MIN = Duration.ofSeconds(5);

    static final Setting<String> HOST = Setting.text("host", "address to listen on", "127.0.0.1");
    static final Setting<Long> PORT =
            Setting.number("port", "port to listen on; 0 takes a free one", "", 0, 65_535, 3338);
    static final Setting<Optional<URI>> URL =
            new Setting<>(
                    "url",
                    "public address of the mint, as wallets and tokens name it;"
                            + " empty: host and port",
                    "",
                    "an http or https address, or empty",
                    "",
                    MintSettings::url);
    static final Setting<String> NAME =
            Setting.text("name", "name that wallets show", "Owlrun mint");
    static final Setting<Network> NETWORK =
            Setting.choice(
                    "network",
                    "the money: play is worth nothing and has to be asked for",
                    Network.class,
                    Network.BITCOIN);
    static final Setting<Backend> LIGHTNING =
            Setting.choice(
                    "lightning",
                    "the Lightning backend; fake is for network=play only",
                    Backend.class,
                    Backend.FAKE);
    static final Setting<Optional<Path>> SEED_FILE =
            Setting.path(
                    "seed.file",
                    "file with the seed of all keys; made at the first start on an empty database;"
                            + " keep a copy of it apart from the database");
    static final DatabaseSettings DATABASE = DatabaseSettings.of("owlrun_mint", 10);
    static final Setting<Long> CONNECTIONS_MAX =
            Setting.number(
                    "http.connections",
                    "HTTP connections held at once; stay well below the limit of open files",
                    "",
                    10,
                    50_000,
                    2_000);
    static final Setting<Duration> DRAIN =
            Setting.seconds("drain", "time for running requests after a stop", 0, 300, 10);
    static final Setting<Long> INPUT_FEE_PPK =
            Setting.number(
                    "keyset.input_fee_ppk",
                    "fee per thousand inputs in the keyset's unit; a change rotates the keysets",
                    "",
                    0,
                    100_000,
                    0);
    static final Setting<Long> MINT_MAX =
            Setting.number(
                    "mint.max",
                    "the most one mint quote asks for",
                    "sat",
                    1,
                    2_000_000_000,
                    1_000_000);
    static final Setting<Long> MELT_MAX =
            Setting.number(
                    "melt.max", "the most one melt quote pays", "sat", 1, 2_000_000_000, 1_000_000);
    static final Setting<Duration> INVOICE_EXPIRY =
            Setting.seconds(
                    "mint.invoice_expiry",
                    "how long an invoice can be paid; late payments count all the same",
                    60,
                    2_592_000,
                    3_600);
    static final Setting<Duration> MELT_QUOTE_EXPIRY =
            Setting.seconds(
                    "melt.quote_expiry", "how long a melt quote can be taken up", 60, 86_400, 900);
    static final Setting<Duration> MELT_LEASE =
            Setting.seconds(
                    "melt.lease",
                    "how long a process may hold a payment before another one takes it over",
                    40,
                    3_600,
                    60);
    static final Setting<Duration> MELT_WATCH =
            Setting.milliseconds(
                    "melt.watch",
                    "how often payments without a holder are looked for",
                    10,
                    60_000,
                    1_000);
    static final Setting<Duration> FAKE_PAY_DELAY =
            Setting.milliseconds(
                    "fake.pay_delay",
                    "when the fake backend pays its own invoices; 0: at once",
                    0,
                    86_400_000,
                    500);
    static final Setting<Long> FAKE_FEE_RESERVE_PERCENT =
            Setting.number(
                    "fake.fee_reserve_percent", "fee reserve of the fake backend", "%", 0, 100, 1);
    static final Setting<Long> FAKE_FEE_RESERVE_MIN =
            Setting.number(
                    "fake.fee_reserve_min",
                    "least fee reserve of the fake backend, in steps of the unit",
                    "",
                    1,
                    1_000_000,
                    1);
    static final Setting<Duration> MELT_WAIT =
            Setting.seconds(
                    "melt.wait",
                    "how long a wallet waits for its payment before it is told PENDING",
                    1,
                    300,
                    45);
    static final Setting<Duration> MELT_CONFIRM =
            Setting.milliseconds(
                    "melt.confirm",
                    "how long after a failure the node is asked again before inputs are given"
                            + " back; below 5000 for tests only",
                    0,
                    600_000,
                    5_000);
    static final Setting<Long> MELT_FEE_PERCENT =
            Setting.number(
                    "melt.fee_percent",
                    "least fee reserve at a real node, of the amount paid; what is not used comes"
                            + " back as change",
                    "%",
                    0,
                    100,
                    1);
    static final Setting<Long> MELT_FEE_MIN =
            Setting.number(
                    "melt.fee_min",
                    "least fee reserve at a real node",
                    "msat",
                    0,
                    1_000_000_000,
                    2_000);
    static final Setting<Long> MELT_UNKNOWN_MAX =
            Setting.number(
                    "melt.unknown_max",
                    "how many payments may be in a state that nobody can tell before melting"
                            + " through Lightning stops",
                    "",
                    0,
                    1_000_000,
                    10);
    static final Setting<String> FAKE_NODE_ID =
            Setting.text("fake.node_id", "what the fake backend calls its node", "fake");

    static final Setting<IdVersion> ID_VERSION =
            new Setting<>(
                    "keyset.id_version",
                    "form of new keyset identifiers; 1 is for old wallets; a change rotates",
                    "",
                    "1, 2",
                    "2",
                    text -> IdVersion.valueOf("V" + text.strip()));
    static final OperatingSettings OPERATING = OperatingSettings.of();
    static final Setting<Duration> AUDIT_EVERY =
            Setting.seconds("audit.every", "between quick audits of the books", 60, 86_400, 3_600);
    static final Setting<Duration> AUDIT_WHOLE_EVERY =
            Setting.seconds(
                    "audit.whole_every",
                    "between audits that derive everything again",
                    3_600,
                    2_592_000,
                    86_400);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            join(
                    OPERATING.table(),
                    HOST,
                    PORT,
                    URL,
                    NAME,
                    NETWORK,
                    LIGHTNING,
                    SEED_FILE,
                    DATABASE.url(),
                    DATABASE.user(),
                    DATABASE.password(),
                    DATABASE.connections(),
                    CONNECTIONS_MAX,
                    DRAIN,
                    INPUT_FEE_PPK,
                    MINT_MAX,
                    MELT_MAX,
                    INVOICE_EXPIRY,
                    MELT_QUOTE_EXPIRY,
                    MELT_LEASE,
                    MELT_WATCH,
                    FAKE_PAY_DELAY,
                    FAKE_FEE_RESERVE_PERCENT,
                    FAKE_FEE_RESERVE_MIN,
                    LightningSettings.URL,
                    LightningSettings.CERTIFICATE,
                    LightningSettings.CREDENTIAL,
                    LightningSettings.PRIVATE,
                    LightningSettings.FEE_ESTIMATE_PERCENT_MAX,
                    MELT_WAIT,
                    MELT_CONFIRM,
                    MELT_FEE_PERCENT,
                    MELT_FEE_MIN,
                    MELT_UNKNOWN_MAX,
                    FAKE_NODE_ID,
                    ID_VERSION,
                    AUDIT_EVERY,
                    AUDIT_WHOLE_EVERY);

    private MintSettings() {}

    /// Reads the settings.
    ///
    /// @throws ConfigException when anything is wrong, with every problem found
    public static Settings read(Map<String, String> environment, List<String> flags) {
        return Settings.read(TABLE, ENVIRONMENT_PREFIX, environment, flags);
    }

    static MeltRules meltRules(Settings settings) {
        boolean play = settings.get(NETWORK) == Network.PLAY;
        if (!play && settings.get(MELT_CONFIRM).compareTo(CONFIRM_MIN) < 0) {
            throw new ConfigException(
                    List.of("Setting 'melt.confirm' must be 5000 or more for real money."));
        }
        boolean real = settings.get(LIGHTNING) != Backend.FAKE; // play money has rules of its own
        return new MeltRules(
                settings.get(MELT_QUOTE_EXPIRY),
                real ? settings.get(MELT_FEE_PERCENT) : 0,
                real ? Msat.of(settings.get(MELT_FEE_MIN)) : Msat.ZERO,
                settings.get(MELT_WAIT),
                settings.get(MELT_LEASE),
                settings.get(MELT_CONFIRM),
                settings.get(MELT_WATCH),
                settings.get(MELT_UNKNOWN_MAX));
    }

    private static List<Setting<?>> join(List<Setting<?>> last, Setting<?>... first) {
        return Stream.concat(Arrays.stream(first), last.stream()).toList();
    }

    static Optional<URI> url(String text) {
        return text.isBlank()
                ? Optional.empty()
                : Optional.of(Setting.url("url", "", "").parse().apply(text));
    }
}
