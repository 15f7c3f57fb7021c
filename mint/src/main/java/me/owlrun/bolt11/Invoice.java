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
/// @param descriptionHashHex the SHA-256 of what it is for, when that is given instead
/// @param timestamp when it was made
/// @param expiry how long after that it may be paid
/// @param finalCltvBlocks how long the last node wants to be able to hold the payment
/// @param payee the public key of the node that gets the money
public record Invoice(
        String text,
        String network,
        Optional<Msat> amount,
        PaymentHash paymentHash,
        String description,
        Optional<String> descriptionHashHex,
        Instant timestamp,
        Duration expiry,
        long finalCltvBlocks,
        Point payee) {

    /// Without an expiry field an invoice is good for an hour.
    static final Duration EXPIRY_DEFAULT = Duration.ofHours(1);

    /// Without a field for it the last node has this many blocks.
    static final long FINAL_CLTV_BLOCKS_DEFAULT = 18;

    /// When it stops being payable.
    public Instant expiresAt() {
        return timestamp.plus(expiry);
    }
}
