package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a transaction adds to the totals of its keysets, in their order.
final class Tally {

    private final SortedMap<KeysetId, Sums> sums = new TreeMap<>();

    /// Amounts of one keyset, each to be added to its total; below zero takes away.
    ///
    /// @param pending inputs of payments under way
    record Sums(long issued, long redeemed, long pending, long fee) {

        Sums plus(Sums other) {
            return new Sums(
                    Math.addExact(issued, other.issued),
                    Math.addExact(redeemed, other.redeemed),
                    Math.addExact(pending, other.pending),
                    Math.addExact(fee, other.fee));
        }
    }

    static Tally of(List<Entry> entries) {
        Tally tally = new Tally();
        for (Entry entry : entries) {
            for (Proof input : entry.inputs()) {
                tally.redeemed(input.keysetId(), input.amount());
            }
            for (BlindSignature signature : entry.signatures()) {
                tally.issued(signature.keysetId(), signature.amount());
            }
            tally.fee(
                    entry.inputs().stream().map(Proof::keysetId).toList(),
                    entry.operation().feeAmount());
        }
        return tally;
    }

    void issued(KeysetId id, long amount) {
        add(id, new Sums(amount, 0, 0, 0));
    }

    void redeemed(KeysetId id, long amount) {
        add(id, new Sums(0, amount, 0, 0));
    }

    void pending(KeysetId id, long amount) {
        add(id, new Sums(0, 0, amount, 0));
    }

    /// A fee counts for the first keyset of the inputs that paid it.
    void fee(List<KeysetId> inputs, long amount) {
        inputs.stream()
                .min(Comparator.naturalOrder())
                .ifPresent(id -> add(id, new Sums(0, 0, 0, amount)));
    }

    private void add(KeysetId id, Sums more) {
        sums.merge(id, more, Sums::plus);
    }

    List<KeysetId> keysets() {
        return List.copyOf(sums.keySet());
    }

    List<Sums> sums() {
        return List.copyOf(sums.values());
    }
}
