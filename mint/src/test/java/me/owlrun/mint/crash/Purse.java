package me.owlrun.mint.crash;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.testing.TestWallet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/// The ecash of one wallet in one unit, and its own books of it. Of one thread.
final class Purse {

    private static final int BLANKS = 12;

    private final CurrencyUnit unit;
    private final TestWallet wallet;
    private final List<Proof> held = new ArrayList<>();
    private final List<Proof> spent = new ArrayList<>();
    private final List<Proof> pending = new ArrayList<>();
    private long minted;
    private long melted;
    private long fees;

    /// @param wallet makes requests and reads answers
    Purse(CurrencyUnit unit, TestWallet wallet) {
        this.unit = unit;
        this.wallet = wallet;
    }

    CurrencyUnit unit() {
        return unit;
    }

    TestWallet wallet() {
        return wallet;
    }

    List<Proof> held() {
        return Collections.unmodifiableList(held);
    }

    List<Proof> spent() {
        return Collections.unmodifiableList(spent);
    }

    List<Proof> pending() {
        return Collections.unmodifiableList(pending);
    }

    /// What it holds, pending proofs included: what the mint still owes.
    long owed() {
        return TestWallet.sum(held) + TestWallet.sum(pending);
    }

    long minted() {
        return minted;
    }

    long melted() {
        return melted;
    }

    long fees() {
        return fees;
    }

    /// The input fee of proofs (NUT-02).
    long fee(List<Proof> inputs) {
        return Keyset.transactionFee(
                Collections.nCopies(inputs.size(), wallet.keyset().inputFeePpk()));
    }

    /// Some proofs, drawn by lot, that are worth at least so much after their fee; none when it has
    /// not got enough.
    List<Proof> draw(long least, RandomGenerator random) {
        List<Proof> shuffled = new ArrayList<>(held);
        Collections.shuffle(shuffled, java.util.Random.from(random));
        List<Proof> drawn = new ArrayList<>();
        for (Proof proof : shuffled) {
            drawn.add(proof);
            if (TestWallet.sum(drawn) - fee(drawn) >= least) {
                return drawn;
            }
        }
        return List.of();
    }

    /// Outputs for ecash of this sum.
    List<OutputData> outputs(long sum) {
        return wallet.outputs(Amounts.split(sum));
    }

    /// Blank outputs for change.
    List<OutputData> blanks() {
        return wallet.outputs(Collections.nCopies(BLANKS, 1L));
    }

    /// New ecash came in.
    void minted(List<OutputData> outputs, JsonNode answer) {
        List<Proof> fresh = wallet.unblind(outputs, answer);
        held.addAll(fresh);
        minted += TestWallet.sum(fresh);
    }

    /// Inputs became outputs.
    void swapped(List<Proof> inputs, List<OutputData> outputs, JsonNode answer) {
        List<Proof> fresh = wallet.unblind(outputs, answer);
        take(inputs, spent);
        held.addAll(fresh);
        fees += TestWallet.sum(inputs) - TestWallet.sum(fresh);
    }

    /// Inputs went into a payment that is under way.
    void began(List<Proof> inputs) {
        take(inputs, pending);
    }

    /// A payment under way is paid: its cost must be exact.
    ///
    /// @param cost amount and fee of the payment
    /// @param paid the quote
    void paid(List<Proof> inputs, List<OutputData> blanks, long cost, JsonNode paid) {
        List<Proof> change = change(blanks, paid);
        long gone = TestWallet.sum(inputs) - TestWallet.sum(change);
        if (gone != cost + fee(inputs)) {
            throw new AssertionError("a payment of " + cost + " took " + gone + ": " + paid);
        }
        pending.removeAll(inputs);
        spent.addAll(inputs);
        held.addAll(change);
        melted += cost;
        fees += fee(inputs);
    }

    /// A payment under way failed.
    void released(List<Proof> inputs) {
        pending.removeAll(inputs);
        held.addAll(inputs);
    }

    private void take(List<Proof> inputs, List<Proof> into) {
        if (!held.containsAll(inputs)) {
            throw new AssertionError("the test spends what it has not got");
        }
        held.removeAll(inputs);
        into.addAll(inputs);
    }

    private List<Proof> change(List<OutputData> blanks, JsonNode paid) {
        List<BlindSignature> signatures =
                CashuJson.list(paid, "change", blanks.size(), CashuJson::blindSignature);
        List<Proof> change = new ArrayList<>();
        for (int i = 0; i < signatures.size(); i++) {
            BlindSignature signature = signatures.get(i);
            OutputData blank = blanks.get(i);
            change.add(
                    new OutputData(signature.amount(), blank.keysetId(), blank.secret(), blank.r())
                            .unblind(signature, wallet.keyset()));
        }
        return change;
    }
}
