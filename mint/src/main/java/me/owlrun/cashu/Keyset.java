package me.owlrun.cashu;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// The public side of a keyset (NUT-01, NUT-02).
///
/// @param id its identifier, in full
/// @param unit its unit as the mint writes it
/// @param active whether the mint still signs with it
/// @param inputFeePpk fee per thousand inputs, in its unit
/// @param finalExpiry seconds since the epoch after which it is refused
/// @param keys public keys by amount, smallest first
public record Keyset(
        KeysetId id,
        String unit,
        boolean active,
        long inputFeePpk,
        OptionalLong finalExpiry,
        SortedMap<BigInteger, Point> keys) {

    /// Takes an unmodifiable copy of the keys.
    public Keyset {
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }

    /// The public key for an amount.
    public Optional<Point> key(long amount) {
        return Optional.ofNullable(keys.get(BigInteger.valueOf(amount)));
    }

    /// Whether the identifier follows from the contents, in either version.
    public boolean idMatchesContents() {
        return id.equals(KeysetId.deriveV2(keys, unit, inputFeePpk, finalExpiry))
                || id.equals(KeysetId.deriveV1(keys));
    }

    /// The fee of one transaction with inputs of these keysets: the sum of their fees per thousand,
    /// rounded up to a whole step (NUT-02).
    ///
    /// @param inputFeesPpk one entry per input
    public static long transactionFee(Collection<Long> inputFeesPpk) {
        long sum = 0;
        for (long feePpk : inputFeesPpk) {
            sum = Math.addExact(sum, feePpk);
        }
        return Math.ceilDiv(sum, 1000L);
    }
}
