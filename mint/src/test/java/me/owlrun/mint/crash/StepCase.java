package me.owlrun.mint.crash;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.step.Step;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One thing that a wallet does, and the step at which the mint dies meanwhile.
///
/// @param deed what it does
/// @param script how the payment goes, if it is one through Lightning
/// @param blanks whether it asks for change
/// @param step where the mint dies
/// @param again where the next mint dies while it picks up the pieces
record StepCase(
        Deed deed, Optional<Script> script, boolean blanks, Step step, Optional<Step> again) {

    /// What a wallet does.
    enum Deed {
        /// Ecash for ecash.
        SWAP,
        /// Ecash for a paid quote.
        MINT,
        /// Pays an invoice through Lightning.
        MELT,
        /// Pays an invoice of the same mint.
        MELT_INSIDE
    }

    private static final List<Step> SWAP_STEPS =
            List.of(Step.SWAP_VERIFIED, Step.SWAP_SIGNED, Step.LEDGER_WRITTEN, Step.SWAP_COMMITTED);
    private static final List<Step> MINT_STEPS =
            List.of(Step.MINT_VERIFIED, Step.MINT_SIGNED, Step.LEDGER_WRITTEN, Step.MINT_COMMITTED);

    /// Backwards: a payment that never ends is picked up by the mint of the next case, which comes
    /// by the later steps and must not be told yet to halt there.
    private static final List<Step> BEGIN_STEPS =
            List.of(Step.MELT_ANSWERED, Step.MELT_BEGUN, Step.MELT_VERIFIED);

    private static final List<Step> END_STEPS =
            List.of(Step.LEDGER_WRITTEN, Step.MELT_WRITTEN, Step.MELT_COMMITTED);
    private static final List<Step> INSIDE_STEPS =
            List.of(
                    Step.MELT_VERIFIED,
                    Step.LEDGER_WRITTEN,
                    Step.MELT_WRITTEN,
                    Step.MELT_COMMITTED);

    /// Scripts that bring a payment to each of its ends, with the mint told at once.
    private static final Set<Script> PLAIN =
            EnumSet.of(Script.PAID, Script.SLOW, Script.FAILED, Script.STUCK, Script.DARK);

    /// All that a unit is put through: in sat everything, in msat what its code does otherwise.
    static List<StepCase> all(CurrencyUnit unit) {
        boolean everything = unit == CurrencyUnit.SAT;
        List<StepCase> all = new ArrayList<>();
        SWAP_STEPS.forEach(step -> all.add(of(Deed.SWAP, step)));
        MINT_STEPS.forEach(step -> all.add(of(Deed.MINT, step)));
        INSIDE_STEPS.forEach(step -> all.add(of(Deed.MELT_INSIDE, step)));
        for (Script script : everything ? EnumSet.allOf(Script.class) : PLAIN) {
            BEGIN_STEPS.forEach(step -> all.add(melt(script, true, step)));
            if (!script.end().equals("PENDING")) {
                END_STEPS.forEach(step -> all.add(melt(script, true, step)));
            }
        }
        if (everything) {
            all.add(melt(Script.PAID, false, Step.MELT_BEGUN));
            all.add(melt(Script.PAID, false, Step.MELT_COMMITTED));
            all.addAll(twice());
        }
        return all;
    }

    /// The mint that picks up the pieces dies as well.
    private static List<StepCase> twice() {
        List<StepCase> all = new ArrayList<>();
        for (Script script : List.of(Script.PAID, Script.LOST, Script.FAILED)) {
            for (Step again : List.of(Step.MELT_WRITTEN, Step.MELT_COMMITTED)) {
                all.add(twice(script, Step.MELT_BEGUN, again));
                all.add(twice(script, Step.MELT_ANSWERED, again));
            }
        }
        all.add(twice(Script.PAID, Step.MELT_BEGUN, Step.MELT_ANSWERED));
        return all;
    }

    private static StepCase of(Deed deed, Step step) {
        return new StepCase(deed, Optional.empty(), true, step, Optional.empty());
    }

    private static StepCase melt(Script script, boolean blanks, Step step) {
        return new StepCase(Deed.MELT, Optional.of(script), blanks, step, Optional.empty());
    }

    private static StepCase twice(Script script, Step step, Step again) {
        return new StepCase(Deed.MELT, Optional.of(script), true, step, Optional.of(again));
    }

    /// Whether its ecash was committed before the mint died, for a swap or a mint.
    boolean committed() {
        return step == Step.SWAP_COMMITTED || step == Step.MINT_COMMITTED;
    }

    /// Whether the intent to pay was committed before the mint died, for a payment through
    /// Lightning.
    boolean begun() {
        return step != Step.MELT_VERIFIED;
    }

    @Override
    public String toString() {
        return deed
                + script.map(s -> " " + s).orElse("")
                + (blanks ? "" : " without blanks")
                + " killed at "
                + step
                + again.map(s -> " and again at " + s).orElse("");
    }
}
