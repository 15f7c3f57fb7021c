package me.owlrun.gateway;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.db.DatabaseSettings;
import me.owlrun.gateway.account.AccountSettings;
import me.owlrun.gateway.bounty.BountySettings;
import me.owlrun.gateway.cloud.CloudSettings;
import me.owlrun.gateway.free.FreeSettings;
import me.owlrun.gateway.lnurl.LnurlSettings;
import me.owlrun.gateway.oracle.OracleSettings;
import me.owlrun.gateway.payout.PayoutSettings;
import me.owlrun.gateway.routing.RoutingSettings;
import me.owlrun.gateway.topup.TopupSettings;
import me.owlrun.money.Msat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The table of the gateway's settings. Flags are `--name=value`, environment variables
/// `OWLRUN_GATEWAY_NAME` with dots as underscores.
final class GatewaySettings {

    /// What the environment variables begin with.
    public static final String ENVIRONMENT_PREFIX = "OWLRUN_GATEWAY";

    /// Which money the mint deals in.
    public enum Network {
        /// Play money, worth nothing.
        PLAY,
        /// Bitcoin.
        BITCOIN
    }

    static final Setting<String> HOST = Setting.text("host", "address to listen on", "127.0.0.1");
    static final Setting<Long> PORT =
            Setting.number("port", "port to listen on; 0 takes a free one", "", 0, 65_535, 8080);
    static final Setting<String> INSTANCE =
            new Setting<>(
                    "instance",
                    "name of this gateway; the same over restarts, another for every gateway on one"
                            + " database",
                    "",
                    "1 to 16 lower-case letters and digits",
                    "a",
                    GatewaySettings::instance);
    static final Setting<Network> NETWORK =
            Setting.choice(
                    "network",
                    "the money the mint deals in; the web page shows it",
                    Network.class,
                    Network.BITCOIN);
    static final DatabaseSettings DATABASE = DatabaseSettings.of("owlrun_gateway", 16);
    static final Setting<URI> MINT_URL =
            Setting.url("mint.url", "where this gateway reaches the mint", "http://127.0.0.1:3338");
    static final Setting<Optional<URI>> MINT_PUBLIC_URL =
            new Setting<>(
                    "mint.public_url",
                    "the mint's name in tokens, where browsers reach it; empty: as mint.url",
                    "",
                    "an http or https address, or empty",
                    "",
                    GatewaySettings::optionalUrl);
    static final Setting<List<URI>> MINT_ALIASES =
            new Setting<>(
                    "mint.aliases",
                    "other names of the same mint that tokens may carry",
                    "",
                    "http or https addresses with commas between, or empty",
                    "",
                    GatewaySettings::urls);
    static final Setting<Duration> MINT_TIMEOUT =
            Setting.milliseconds(
                    "mint.timeout", "time for one answer of the mint", 100, 60_000, 10_000);
    static final Setting<Long> TOKEN_MAX =
            Setting.number(
                    "token.max", "the most one request may carry", "sat", 1, 10_000_000, 1_000_000);
    static final Setting<Long> FLOAT_TARGET =
            Setting.number(
                    "float.target",
                    "small coins held for exact change of payments in sats; when half is gone it"
                            + " is filled from earned sats, or else by an invoice",
                    "sat",
                    10,
                    1_000_000,
                    1_000);
    static final Setting<Long> FLOAT_KITS =
            Setting.number(
                    "float.kits",
                    "sets of small coins ready at any time, one for each payment in sats under way",
                    "",
                    1,
                    10_000,
                    200);
    static final Setting<Optional<Path>> PRICES_FILE =
            Setting.path("prices.file", "price list; empty: the one that comes with the gateway");
    static final Setting<Long> PRICE_MIN =
            Setting.number(
                    "price.minimum",
                    "the least a job costs, halved between provider and gateway; seed 001 had 2000",
                    "msat",
                    10,
                    100_000_000,
                    10);
    static final Setting<Boolean> KEY_REQUIRED =
            Setting.flag(
                    "key.required",
                    "whether ecash is taken only beside the key of an account, as seed 001 had it",
                    false);
    static final Setting<Duration> JOB_ACCEPT =
            Setting.milliseconds(
                    "job.accept", "time for a node to take an offer", 100, 60_000, 3_000);
    static final Setting<Duration> JOB_FIRST_BYTE =
            Setting.milliseconds(
                    "job.first_byte",
                    "time for a node's first piece; models may have to be loaded",
                    100,
                    600_000,
                    60_000);
    static final Setting<Duration> JOB_SILENCE =
            Setting.milliseconds("job.silence", "time between two pieces", 100, 600_000, 30_000);
    static final Setting<Duration> JOB_MAX =
            Setting.seconds("job.max", "time for a whole answer", 1, 86_400, 1_800);
    static final Setting<Long> JOB_NODES =
            Setting.number("job.nodes", "nodes that are tried for one request", "", 1, 10, 3);
    static final Setting<Long> NEW_NODES =
            Setting.number(
                    "register.per_hour",
                    "new nodes that one address may register in an hour",
                    "",
                    1,
                    1_000_000,
                    30);
    static final Setting<Duration> NODE_SILENCE =
            Setting.seconds(
                    "node.silence",
                    "silence after which a node's connection counts as dead; asked for a sign of"
                            + " life after half of it",
                    1,
                    3_600,
                    90);
    static final Setting<Duration> RELAY_WAIT =
            Setting.milliseconds(
                    "relay.wait",
                    "time a node's own request waits for a slow buyer before the answer ends there",
                    100,
                    60_000,
                    10_000);
    static final Setting<Optional<Path>> RELEASE_DIR =
            Setting.path(
                    "release.dir",
                    "folder with releases of the node for its installers; empty: none served");
    static final Setting<Duration> WRITE_MAX =
            Setting.seconds("http.write", "time for one write to a buyer", 1, 600, 20);
    static final Setting<Long> CONNECTIONS_MAX =
            Setting.number(
                    "http.connections",
                    "HTTP connections held at once, nodes included; stay well below the limit of"
                            + " open files",
                    "",
                    10,
                    50_000,
                    5_000);
    static final Setting<Duration> DRAIN =
            Setting.seconds("drain", "time for running jobs after a stop", 0, 300, 30);

    /// All of them.
    public static final List<Setting<?>> TABLE =
            join(
                    Stream.of(
                                    AccountSettings.TABLE,
                                    TopupSettings.TABLE,
                                    BountySettings.TABLE,
                                    CloudSettings.TABLE,
                                    FreeSettings.TABLE,
                                    OperateSettings.TABLE,
                                    RoutingSettings.TABLE)
                            .<Setting<?>>flatMap(List::stream)
                            .toList(),
                    HOST,
                    PORT,
                    INSTANCE,
                    NETWORK,
                    DATABASE.url(),
                    DATABASE.user(),
                    DATABASE.password(),
                    DATABASE.connections(),
                    MINT_URL,
                    MINT_PUBLIC_URL,
                    MINT_ALIASES,
                    MINT_TIMEOUT,
                    TOKEN_MAX,
                    FLOAT_TARGET,
                    FLOAT_KITS,
                    OracleSettings.MODE,
                    OracleSettings.USD_PER_BTC,
                    OracleSettings.ON_STALE,
                    LnurlSettings.DESCRIPTION_HASH,
                    LnurlSettings.PLAY_HOSTS,
                    PayoutSettings.EVERY,
                    PayoutSettings.FIRST_MIN,
                    PayoutSettings.COOL_OFF,
                    PayoutSettings.ACCOUNT_DAY_MAX,
                    PayoutSettings.HOUR_MAX,
                    PayoutSettings.OPEN_MAX,
                    PayoutSettings.UNKNOWN_MAX,
                    PRICES_FILE,
                    PRICE_MIN,
                    KEY_REQUIRED,
                    JOB_ACCEPT,
                    JOB_FIRST_BYTE,
                    JOB_SILENCE,
                    JOB_MAX,
                    JOB_NODES,
                    NEW_NODES,
                    NODE_SILENCE,
                    RELAY_WAIT,
                    RELEASE_DIR,
                    WRITE_MAX,
                    CONNECTIONS_MAX,
                    DRAIN);

    private GatewaySettings() {}

    private static List<Setting<?>> join(List<Setting<?>> last, Setting<?>... first) {
        return Stream.concat(Arrays.stream(first), last.stream()).toList();
    }

    /// Reads the settings.
    ///
    /// @throws ConfigException when anything is wrong, with every problem found
    public static Settings read(Map<String, String> environment, List<String> flags) {
        return Settings.read(TABLE, ENVIRONMENT_PREFIX, environment, flags);
    }

    /// The smallest cost of a job.
    static Msat costMin(Settings settings) {
        return Msat.of(settings.get(PRICE_MIN));
    }

    private static String instance(String text) {
        if (!text.matches("[a-z0-9]{1,16}")) {
            throw new IllegalArgumentException("out of bounds");
        }
        return text;
    }

    private static Optional<URI> optionalUrl(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(url(text));
    }

    private static List<URI> urls(String text) {
        return Arrays.stream(text.split(","))
                .filter(part -> !part.isBlank())
                .map(GatewaySettings::url)
                .toList();
    }

    private static URI url(String text) {
        return Setting.url("url", "", "").parse().apply(text);
    }
}
