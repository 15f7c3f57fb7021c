package me.owlrun.mint;

import me.owlrun.config.Setting;
import me.owlrun.limit.Networks;
import me.owlrun.limit.ProxyHeader;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of limits, subscriptions and the admin interface.
///
/// @param exempt clients without limits
/// @param trustedProxies whose word on the client's address counts
/// @param proxyHeader where they give it
/// @param quotes new quotes of one client
/// @param transfers swaps, mints and melts of one client
/// @param others all other requests of one client
/// @param unpaidQuotes invoices that one client may have open
/// @param lookEvery how often Lightning is asked about one unpaid invoice
/// @param sweepEvery how often subscribed unpaid quotes are looked at
/// @param adminHost address of the admin interface
/// @param adminPort its port
/// @param adminTokenFile the secret to show there
record OperatingSettings(
        Setting<Networks> exempt,
        Setting<Networks> trustedProxies,
        Setting<ProxyHeader> proxyHeader,
        Setting<Long> quotes,
        Setting<Long> transfers,
        Setting<Long> others,
        Setting<Long> unpaidQuotes,
        Setting<Duration> lookEvery,
        Setting<Duration> sweepEvery,
        Setting<String> adminHost,
        Setting<Long> adminPort,
        Setting<Optional<Path>> adminTokenFile) {

    private static final long PER_MINUTE_MAX = 1_000_000;
    private static final int PORT_MAX = 65_535;

    static OperatingSettings of() {
        return new OperatingSettings(
                networks("guard.exempt", "clients without limits", "127.0.0.0/8, ::1/128"),
                networks("guard.trusted_proxies", "proxies whose word on the client counts", ""),
                Setting.choice(
                        "guard.proxy_header",
                        "the header in which they name the client",
                        ProxyHeader.class,
                        ProxyHeader.X_FORWARDED_FOR),
                limit("guard.quotes", "new quotes of one address; 0: no limit", 60),
                limit("guard.transfers", "swaps, mints, melts of one address; 0: no limit", 600),
                limit("guard.others", "other requests of one address; 0: no limit", 1_200),
                Setting.number(
                        "guard.unpaid_quotes",
                        "unpaid mint quotes of one address; 0: no limit",
                        "",
                        0,
                        PER_MINUTE_MAX,
                        200),
                Setting.seconds(
                        "lightning.look_every",
                        "how often Lightning is asked about one unpaid invoice",
                        0,
                        3_600,
                        10),
                Setting.milliseconds(
                        "subscribe.sweep",
                        "how often unpaid quotes that wallets watch are looked at",
                        10,
                        600_000,
                        5_000),
                Setting.text("admin.host", "address of the admin interface", "127.0.0.1"),
                Setting.number("admin.port", "its port; 0: off", "", 0, PORT_MAX, 0),
                Setting.path("admin.token.file", "file with the token to show there"));
    }

    private static Setting<Networks> networks(String name, String meaning, String defaultText) {
        return new Setting<>(
                name,
                meaning,
                "",
                "networks as 10.0.0.0/8, separated by commas, or empty",
                defaultText,
                Networks::parse);
    }

    private static Setting<Long> limit(String name, String meaning, long defaultValue) {
        return Setting.number(name, meaning, "1/min", 0, PER_MINUTE_MAX, defaultValue);
    }

    List<Setting<?>> table() {
        return List.of(
                exempt,
                trustedProxies,
                proxyHeader,
                quotes,
                transfers,
                others,
                unpaidQuotes,
                lookEvery,
                sweepEvery,
                adminHost,
                adminPort,
                adminTokenFile);
    }
}
