package me.owlrun.mint.quote;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.keys.Signer.SignedMessage;

import java.util.ArrayList;
import java.util.List;

/// Gives overpaid ecash back on blank outputs (NUT-08): powers of two, the largest first, so that
/// too few blanks lose the least.
final class Change {

    private final Signer signer;
    private final long partMax;

    /// @param partMax the largest amount any keyset of the unit has a key for
    Change(Signer signer, long partMax) {
        this.signer = signer;
        this.partMax = partMax;
    }

    /// Signs as much of an amount as the blanks can hold.
    ///
    /// @param amount steps of the blanks' unit; nothing is given when it is not above zero
    List<SignedMessage> sign(long amount, List<BlindedMessage> blanks) {
        List<BlindedMessage> filled = new ArrayList<>();
        long rest = amount;
        while (rest > 0 && filled.size() < blanks.size()) {
            long part = Math.min(Long.highestOneBit(rest), partMax);
            BlindedMessage blank = blanks.get(filled.size());
            filled.add(new BlindedMessage(part, blank.keysetId(), blank.b()));
            rest -= part;
        }
        List<BlindSignature> signatures = signer.sign(filled);
        List<SignedMessage> change = new ArrayList<>();
        for (int i = 0; i < filled.size(); i++) {
            BlindedMessage message = filled.get(i);
            change.add(
                    new SignedMessage(
                            message.amount(),
                            message.keysetId(),
                            message.b(),
                            signatures.get(i).c()));
        }
        return change;
    }

    static long sum(List<SignedMessage> change) {
        return change.stream().mapToLong(SignedMessage::amount).sum();
    }
}
