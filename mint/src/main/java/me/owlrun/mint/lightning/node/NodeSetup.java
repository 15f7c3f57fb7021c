package me.owlrun.mint.lightning.node;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What it takes to work with a node.
///
/// @param url its address, without a slash at its end
/// @param certificate a PEM file with the only certificate to accept; empty: as the JDK decides
/// @param credential the file with the macaroon, rune or password
/// @param chain which money
/// @param fees the fee reserve
/// @param privateHints whether invoices name channels that are not announced
/// @param payMax how long a payment is waited for
/// @param random makes preimages and labels
/// @param clock the time
public record NodeSetup(
        URI url,
        Optional<Path> certificate,
        Path credential,
        Chain chain,
        FeeRules fees,
        boolean privateHints,
        Duration payMax,
        SecureRandom random,
        InstantSource clock) {

    private static final Duration LAST_WORD = Duration.ofSeconds(3);

    /// How long a node may make new tries; what it sent by then may hang for days.
    public Duration tryMax() {
        return payMax.minus(LAST_WORD);
    }
}
