package me.owlrun.gateway.payout;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.vault.MeltOffer;
import me.owlrun.gateway.vault.MeltOutcome;
import me.owlrun.gateway.vault.MeltPlans;
import me.owlrun.gateway.vault.Melter;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;
import me.owlrun.gateway.vault.OperationRunner;
import me.owlrun.gateway.vault.SpendPicker;
import me.owlrun.gateway.vault.VaultProof;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/// Plans what payouts ask the mint for, asks, and tells what its answers mean for a payout.
final class MintDesk implements PayoutMint {

    /// The mint has stopped paying through Lightning.
    private static final int LIGHTNING_STOPPED = 20003;

    /// The mint found no way, or its node cannot pay at the moment.
    private static final int LIGHTNING_FAILED = 20004;

    /// The mint's backend does not pay invoices that name no amount.
    private static final int NO_AMOUNTLESS = 11011;

    private static final int PROOFS_SPENT = 11001;

    /// Inputs spent, keyset unknown or inactive: the same swap can never succeed later. After any
    /// other refusal a late copy of it might, so it is not given up for another.
    private static final Set<Integer> FINAL_REFUSALS = Set.of(PROOFS_SPENT, 12001, 12002);

    private static final System.Logger LOG = System.getLogger(MintDesk.class.getName());

    private final Melter melter;
    private final OperationRunner runner;
    private final MintKeysets keysets;
    private final MeltPlans plans;
    private final boolean proofRequired;

    /// @param proofRequired whether a payment counts only with the preimage of its invoice
    MintDesk(
            Melter melter,
            OperationRunner runner,
            MintKeysets keysets,
            SecureRandom random,
            boolean proofRequired) {
        this.melter = melter;
        this.runner = runner;
        this.keysets = keysets;
        this.plans = new MeltPlans(random);
        this.proofRequired = proofRequired;
    }

    /// Asks what paying an invoice takes.
    ///
    /// @param chosen the amount of an invoice that names none
    MeltOffer quote(String bolt11, CurrencyUnit unit, Optional<Msat> chosen) {
        return melter.quote(bolt11, unit, chosen);
    }

    /// What the mint takes for spending a proof, per thousand.
    OptionalLong feePpk(KeysetId id) {
        return keysets.resolve(id)
                        instanceof MintKeysets.Lookup.Found<MintKeysets.KeysetInfo>(var info)
                ? OptionalLong.of(info.inputFeePpk())
                : OptionalLong.empty();
    }

    /// The keyset that new ecash is taken in; empty when the mint does not tell.
    Optional<KeysetId> target(CurrencyUnit unit) {
        return keysets.active(unit) instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset)
                ? Optional.of(keyset.id())
                : Optional.empty();
    }

    /// A swap into an amount for the user and change of ours.
    MintOperation swap(
            SpendPicker.Picked inputs, long givenSteps, CurrencyUnit unit, KeysetId target) {
        List<Long> amounts = new ArrayList<>(Amounts.split(givenSteps));
        amounts.addAll(Amounts.split(inputs.netSteps() - givenSteps));
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.WITHDRAW,
                inputs.proofs().stream().map(VaultProof::proof).toList(),
                Optional.empty(),
                target,
                unit,
                inputs.feeSteps(),
                plans.outputs(amounts, target));
    }

    /// A payment with blanks for all that may come back.
    MintOperation melt(
            SpendPicker.Picked inputs,
            String quoteId,
            long amountSteps,
            CurrencyUnit unit,
            KeysetId target) {
        return plans.melt(MintOperation.Purpose.PAYOUT, inputs, quoteId, amountSteps, unit, target);
    }

    @Override
    public Optional<MintOperation> planRecall(MintOperation payment) {
        return target(payment.unit()).map(id -> plans.recall(payment, id));
    }

    @Override
    public PayoutEvent send(Payout payout, MintOperation operation, boolean first) {
        if (payout.method() == Payout.Method.ECASH) {
            return swapped(payout, first ? runner.runFirst(operation) : runner.runAgain(operation));
        }
        MeltOutcome outcome = melter.send(operation);
        if (outcome instanceof MeltOutcome.Unpaid) {
            return new PayoutEvent.Unclear("taken, and not begun");
        }
        return melted(payout, outcome);
    }

    @Override
    public PayoutEvent look(Payout payout, MintOperation operation) {
        return melted(payout, melter.look(operation));
    }

    private PayoutEvent melted(Payout payout, MeltOutcome outcome) {
        return switch (outcome) {
            case MeltOutcome.Paid(var preimage, var change) -> paid(payout, preimage, change);
            case MeltOutcome.Pending() -> new PayoutEvent.Unclear("on its way");
            case MeltOutcome.Unpaid() -> new PayoutEvent.NotSeen(true);
            case MeltOutcome.Refused(int code) -> new PayoutEvent.Refused(failure(code), code);
            case MeltOutcome.NotReached() -> new PayoutEvent.Unclear("the mint was not reached");
            case MeltOutcome.Unclear(String reason) -> new PayoutEvent.Unclear(reason);
        };
    }

    private PayoutEvent paid(Payout payout, Optional<String> preimageHex, List<Proof> change) {
        Optional<String> proof = preimageHex.filter(hex -> proves(hex, payout));
        return proof.isEmpty() && proofRequired
                ? new PayoutEvent.Unclear("the mint says paid and shows no proof")
                : new PayoutEvent.Arrived(proof, change);
    }

    private static boolean proves(String preimageHex, Payout payout) {
        try {
            String hash = PaymentHash.ofPreimage(HexFormat.of().parseHex(preimageHex)).hex();
            return payout.paymentHash().filter(hash::equals).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// How an answer of the mint counts against whom.
    static Failure failure(int code) {
        return switch (code) {
            case LIGHTNING_STOPPED -> Failure.OUR_LIQUIDITY;
            case LIGHTNING_FAILED -> Failure.NO_ROUTE;
            case NO_AMOUNTLESS -> Failure.BAD_INVOICE;
            default -> Failure.TEMPORARY;
        };
    }

    private PayoutEvent swapped(Payout payout, OperationResult result) {
        return switch (result) {
            case OperationResult.Done(List<Proof> proofs) ->
                    new PayoutEvent.Arrived(Optional.empty(), proofs);
            case OperationResult.Refused(int code) when code == PROOFS_SPENT -> breach(payout.id());
            case OperationResult.Refused(int code) -> {
                keysets.refresh();
                yield new PayoutEvent.Declined(Failure.TEMPORARY, code);
            }
            case OperationResult.NotSent() -> new PayoutEvent.Declined(Failure.OUR_LIQUIDITY, 0);
            case OperationResult.Pending(String reason) -> new PayoutEvent.Unclear(reason);
        };
    }

    /// Nothing is undone then: a person has to look.
    private static PayoutEvent breach(String payout) {
        LOG.log(
                System.Logger.Level.ERROR,
                "payout {0}: proofs of the vault were spent by somebody else",
                payout);
        return new PayoutEvent.Unclear("coins of the vault were spent by somebody else");
    }

    @Override
    public PayoutEvent recall(Payout payout, MintOperation recall) {
        return switch (runner.runAgain(recall)) {
            case OperationResult.Done(List<Proof> proofs) -> new PayoutEvent.Recalled(proofs);
            case OperationResult.Refused(int code) when FINAL_REFUSALS.contains(code) -> {
                keysets.refresh();
                yield new PayoutEvent.InputsGone(code);
            }
            case OperationResult.Refused(int code) ->
                    new PayoutEvent.Unclear("the mint refuses the coins, code " + code);
            case OperationResult.NotSent() -> new PayoutEvent.Unclear("the mint was not reached");
            case OperationResult.Pending(String reason) -> new PayoutEvent.Unclear(reason);
        };
    }
}
