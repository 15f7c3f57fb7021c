package me.owlrun.bolt11;

import me.owlrun.cashu.Point;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A Lightning invoice that was read and found right (BOLT 11).
///
/// @param text the invoice in lower case
/// @param network the currency in its prefix: `bc` is Bitcoin, `tb` testnet, `bcrt` regtest
/// @param amount what it asks for; empty when the payer chooses
/// @param paymentHash what names it
/// @param description what it is for; empty when only a hash of it is given
/// @param timestamp when it was made
/// @param expiry how long after that it may be paid
/// @param payee the public key of the node that gets the money
public record Invoice(
        String text,
        String network,
        Optional<Msat> amount,
        PaymentHash paymentHash,
        String description,
        Instant timestamp,
        Duration expiry,
        Point payee) {

    /// Without an expiry field an invoice is good for an hour.
    static final Duration EXPIRY_DEFAULT = Duration.ofHours(1);

    /// When it stops being payable.
    public Instant expiresAt() {
        return timestamp.plus(expiry);
    }
}
