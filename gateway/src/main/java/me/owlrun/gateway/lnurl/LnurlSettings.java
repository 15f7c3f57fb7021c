package me.owlrun.gateway.lnurl;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.gateway.outbound.HostNames;
import me.owlrun.gateway.outbound.PublicHttp;

import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings of this package, and what they make.
public final class LnurlSettings {

    private static final Pattern PLAY_HOST =
            Pattern.compile("([^=]+)=(http://127\\.0\\.0\\.1:[0-9]{1,5})");
    private static final int PORT_MAX = 65_535;

    /// What is asked of the description hash.
    public static final Setting<DescriptionHash> DESCRIPTION_HASH =
            new Setting<>(
                    "lnurl.description_hash",
                    "what is asked of the description hash in invoices of Lightning addresses",
                    "",
                    "match-if-present, strict, off",
                    "match-if-present",
                    text ->
                            DescriptionHash.valueOf(
                                    text.strip().toUpperCase(Locale.ROOT).replace('-', '_')));

    /// Hosts that servers on this machine play.
    public static final Setting<Map<String, URI>> PLAY_HOSTS =
            new Setting<>(
                    "lnurl.play_hosts",
                    "outside hosts, of Lightning addresses, prices or cloud nodes, that are servers"
                            + " on this machine; for network=play only",
                    "",
                    "host=http://127.0.0.1:PORT with commas between, or empty",
                    "",
                    LnurlSettings::playHosts);

    private LnurlSettings() {}

    /// Gets invoices as the settings say.
    ///
    /// @throws ConfigException when real money would go to a server of this machine
    public static LnurlPay lnurl(Settings settings, Network network, InstantSource clock) {
        return new LnurlPay(
                http(settings, network), network, settings.get(DESCRIPTION_HASH), clock);
    }

    /// Reaches the outside as the settings say.
    ///
    /// @throws ConfigException when real money would go to a server of this machine
    public static PublicHttp http(Settings settings, Network network) {
        Map<String, URI> playHosts = settings.get(PLAY_HOSTS);
        if (network != Network.PLAY && !playHosts.isEmpty()) {
            throw new ConfigException(
                    List.of(
                            "Setting 'lnurl.play_hosts' is for play money; leave it out, or say"
                                    + " --network=play."));
        }
        return playHosts.isEmpty() ? PublicHttp.create() : PublicHttp.withPlayHosts(playHosts);
    }

    private static Map<String, URI> playHosts(String text) {
        Map<String, URI> hosts = new HashMap<>();
        for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
            Matcher matcher = PLAY_HOST.matcher(pair.strip());
            if (!matcher.matches() || !HostNames.isPublicForm(matcher.group(1))) {
                throw new IllegalArgumentException("not a host and its address");
            }
            URI server = URI.create(matcher.group(2));
            if (server.getPort() > PORT_MAX) {
                throw new IllegalArgumentException("no such port");
            }
            hosts.put(matcher.group(1).toLowerCase(Locale.ROOT), server);
        }
        return Map.copyOf(hosts);
    }
}
