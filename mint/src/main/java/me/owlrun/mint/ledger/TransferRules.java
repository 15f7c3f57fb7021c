package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.condition.Conditions;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.keys.MintKeyset;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rules of every transfer of ecash, cheapest first: [#check], then [#verify]. The order
/// decides which code a request with several mistakes gets; docs/mint.md lists it.
public final class TransferRules {

    private final Keysets keysets;
    private final Signer signer;
    private final Conditions conditions;

    /// @param keysets knows units, fees and keys
    /// @param signer checks signatures
    /// @param clock says which locks have expired
    public TransferRules(Keysets keysets, Signer signer, InstantSource clock) {
        this.keysets = keysets;
        this.signer = signer;
        this.conditions = new Conditions(clock);
    }

    /// A transfer that passed [#check].
    ///
    /// @param unit the one unit of all of it
    /// @param inputSum the sum of the inputs' amounts
    /// @param fee what the mint keeps of it (NUT-02)
    /// @param outputSum the sum of the outputs' amounts; zero for blanks
    public record Transfer(CurrencyUnit unit, long inputSum, long fee, long outputSum) {

        /// What the inputs leave for outputs or a payment; may be below zero.
        public long net() {
            return inputSum - fee;
        }
    }

    /// The cheap checks, without any signature.
    ///
    /// @param inputs may be empty when the outputs are not, and the other way round
    public Outcome<Transfer> check(List<Proof> inputs, List<BlindedMessage> outputs) {
        return unit(inputs, outputs)
                .then(unit ->
                        inputSum(inputs)
                                .then(inputSum ->
                                        outputSum(outputs)
                                                .map(outputSum ->
                                                        new Transfer(
                                                                unit,
                                                                inputSum,
                                                                fee(inputs),
                                                                outputSum))));
    }

    /// The cheap checks of a payment with blank outputs, whose amounts mean nothing (NUT-08).
    public Outcome<Transfer> checkWithBlanks(List<Proof> inputs, List<BlindedMessage> blanks) {
        return unit(inputs, blanks)
                .then(unit ->
                        inputSum(inputs)
                                .map(inputSum -> new Transfer(unit, inputSum, fee(inputs), 0)));
    }

    private Outcome<CurrencyUnit> unit(List<Proof> inputs, List<BlindedMessage> outputs) {
        if (inputs.isEmpty() && outputs.isEmpty()) {
            return Outcome.refused(ErrorCode.UNBALANCED);
        }
        if (inputs.stream().map(Proof::secret).distinct().count() < inputs.size()) {
            return Outcome.refused(ErrorCode.DUPLICATE_INPUTS);
        }
        if (hasDuplicates(outputs)) {
            return Outcome.refused(ErrorCode.DUPLICATE_OUTPUTS);
        }
        Set<CurrencyUnit> inputUnits = EnumSet.noneOf(CurrencyUnit.class);
        for (Proof input : inputs) {
            Optional<MintKeyset> keyset = keysets.find(input.keysetId());
            if (keyset.isEmpty()) {
                return Outcome.refused(ErrorCode.KEYSET_UNKNOWN);
            }
            inputUnits.add(keyset.get().unit());
        }
        Set<CurrencyUnit> outputUnits = EnumSet.noneOf(CurrencyUnit.class);
        for (BlindedMessage output : outputs) {
            Optional<MintKeyset> keyset = keysets.find(output.keysetId());
            if (keyset.isEmpty()) {
                return Outcome.refused(ErrorCode.KEYSET_UNKNOWN);
            }
            if (!keyset.get().keyset().active()) {
                return Outcome.refused(ErrorCode.KEYSET_INACTIVE);
            }
            outputUnits.add(keyset.get().unit());
        }
        return oneUnit(inputUnits, outputUnits);
    }

    private static boolean hasDuplicates(List<BlindedMessage> outputs) {
        Set<Point> points = new HashSet<>();
        return !outputs.stream().map(BlindedMessage::b).allMatch(points::add);
    }

    private static Outcome<CurrencyUnit> oneUnit(
            Set<CurrencyUnit> inputUnits, Set<CurrencyUnit> outputUnits) {
        if (inputUnits.size() > 1 || outputUnits.size() > 1) {
            return Outcome.refused(ErrorCode.SEVERAL_UNITS);
        }
        Set<CurrencyUnit> units = EnumSet.copyOf(inputUnits);
        units.addAll(outputUnits);
        if (units.size() > 1) {
            return Outcome.refused(ErrorCode.UNIT_MISMATCH);
        }
        return new Outcome.Done<>(units.iterator().next());
    }

    private Outcome<Long> inputSum(List<Proof> inputs) {
        long sum = 0;
        for (Proof input : inputs) {
            if (!known(input.keysetId()).hasKey(input.amount())) {
                return Outcome.refused(ErrorCode.PROOF_INVALID);
            }
            sum = Math.addExact(sum, input.amount());
        }
        return new Outcome.Done<>(sum);
    }

    private long fee(List<Proof> inputs) {
        return Keyset.transactionFee(
                inputs.stream()
                        .map(input -> known(input.keysetId()).keyset().inputFeePpk())
                        .toList());
    }

    private Outcome<Long> outputSum(List<BlindedMessage> outputs) {
        long sum = 0;
        for (BlindedMessage output : outputs) {
            if (!known(output.keysetId()).hasKey(output.amount())) {
                return Outcome.refused(ErrorCode.AMOUNT_OUT_OF_RANGE);
            }
            sum = Math.addExact(sum, output.amount());
        }
        return new Outcome.Done<>(sum);
    }

    /// Whether something is wrong with the inputs' signatures or spending conditions. The dearest
    /// check: two curve operations per input, and two more per signature of a condition.
    ///
    /// @param outputs of the request, blank ones too
    /// @param quoteId of a melt
    public Optional<ErrorCode> verify(
            List<Proof> inputs, List<BlindedMessage> outputs, Optional<UUID> quoteId) {
        return signer.verify(inputs)
                ? conditions.flaw(inputs, outputs, quoteId.map(UUID::toString).orElse(""))
                : Optional.of(ErrorCode.PROOF_INVALID);
    }

    private MintKeyset known(KeysetId id) {
        return keysets.find(id)
                .orElseThrow(() -> new IllegalStateException("keyset " + id + " vanished"));
    }
}
