package me.owlrun.gateway;

import me.owlrun.config.Setting;
import me.owlrun.gateway.log.LogFormat;
import me.owlrun.limit.Networks;
import me.owlrun.limit.ProxyHeader;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The settings of limits, logs and the admin interface; those that the mint has too have the same
/// names there.
final class OperateSettings {

    private static final long PER_MINUTE_MAX = 1_000_000;
    private static final int PORT_MAX = 65_535;

    /// The least level of log lines.
    enum LogLevel {
        /// Failures of ours.
        ERROR,
        /// What somebody should look at.
        WARNING,
        /// What happens.
        INFO,
        /// How it happens.
        DEBUG,
        /// Everything.
        ALL
    }

    static final Setting<Networks> EXEMPT =
            networks("guard.exempt", "clients without limits", "127.0.0.0/8, ::1/128");
    static final Setting<Networks> TRUSTED_PROXIES =
            networks("guard.trusted_proxies", "proxies whose word on the client counts", "");
    static final Setting<ProxyHeader> PROXY_HEADER =
            Setting.choice(
                    "guard.proxy_header",
                    "the header in which they name the client",
                    ProxyHeader.class,
                    ProxyHeader.X_FORWARDED_FOR);
    static final Setting<Long> REQUESTS =
            limit("guard.requests", "inference requests of one buyer; 0: no limit", 60);
    static final Setting<Long> OTHERS =
            limit("guard.others", "other requests of one address; 0: no limit", 1_200);
    static final Setting<String> ADMIN_HOST =
            Setting.text("admin.host", "address of the admin interface", "127.0.0.1");
    static final Setting<Long> ADMIN_PORT =
            Setting.number("admin.port", "its port; 0: off", "", 0, PORT_MAX, 0);
    static final Setting<Optional<Path>> ADMIN_TOKEN_FILE =
            Setting.path("admin.token.file", "file with the token to show there");
    static final Setting<Duration> AUDIT_EVERY =
            Setting.seconds("audit.every", "between two audits of the money", 10, 86_400, 3_600);
    static final Setting<Long> DISK_FREE =
            Setting.number(
                    "health.disk_free",
                    "disk space below which health says so",
                    "MiB",
                    0,
                    1_000_000,
                    256);
    static final Setting<LogFormat> LOG_FORMAT =
            Setting.choice("log.format", "how log lines look", LogFormat.class, LogFormat.TEXT);
    static final Setting<LogLevel> LOG_LEVEL =
            Setting.choice(
                    "log.level", "the least level of log lines", LogLevel.class, LogLevel.INFO);
    static final Setting<Boolean> LOG_REQUESTS =
            Setting.flag("log.requests", "a log line for every request", false);

    /// All of them.
    static final List<Setting<?>> TABLE =
            List.of(
                    EXEMPT,
                    TRUSTED_PROXIES,
                    PROXY_HEADER,
                    REQUESTS,
                    OTHERS,
                    ADMIN_HOST,
                    ADMIN_PORT,
                    ADMIN_TOKEN_FILE,
                    AUDIT_EVERY,
                    DISK_FREE,
                    LOG_FORMAT,
                    LOG_LEVEL,
                    LOG_REQUESTS);

    private OperateSettings() {}

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
}
