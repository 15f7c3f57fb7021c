package me.owlrun.mint;

import me.owlrun.config.Setting;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// The settings of real Lightning nodes; they mean the same for every kind of node.
final class LightningSettings {

    static final Setting<Optional<URI>> URL =
            new Setting<>(
                    "lightning.url",
                    "address of the node's REST interface",
                    "",
                    "an http or https address, or empty",
                    "",
                    MintSettings::url);
    static final Setting<Optional<Path>> CERTIFICATE =
            Setting.path(
                    "lightning.certificate",
                    "PEM file with the node's certificate, the only one that is accepted; empty:"
                            + " certificates the system trusts");
    static final Setting<Optional<Path>> CREDENTIAL =
            Setting.path(
                    "lightning.credential",
                    "file with the node's macaroon (lnd), rune (cln) or password (phoenixd)");
    static final Setting<Boolean> PRIVATE =
            Setting.flag(
                    "lightning.private",
                    "invoices name channels that are not announced (lnd, cln)",
                    false);
    static final Setting<Long> FEE_ESTIMATE_PERCENT_MAX =
            Setting.number(
                    "lightning.fee_estimate_max",
                    "the most that a node's own estimate may raise the fee reserve to (lnd)",
                    "%",
                    0,
                    50,
                    5);

    private LightningSettings() {}
}
