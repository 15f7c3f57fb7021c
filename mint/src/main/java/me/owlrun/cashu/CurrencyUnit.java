package me.owlrun.cashu;

import me.owlrun.money.Msat;

import java.util.Optional;

/// The unit of a keyset (NUT-01, NUT-02): what one step of an amount is worth.
public enum CurrencyUnit {
    /// Whole sats, the unit ordinary wallets hold.
    SAT("sat", Msat.MSAT_PER_SAT),
    /// Millisats, the unit that makes change exact.
    MSAT("msat", 1);

    private final String text;
    private final long msatPerStep;

    CurrencyUnit(String text, long msatPerStep) {
        this.text = text;
        this.msatPerStep = msatPerStep;
    }

    /// The unit written so in the protocol, if it is one of ours.
    public static Optional<CurrencyUnit> ofText(String text) {
        for (CurrencyUnit unit : values()) {
            if (unit.text.equals(text)) {
                return Optional.of(unit);
            }
        }
        return Optional.empty();
    }

    /// How the protocol writes it: `sat` or `msat`.
    public String text() {
        return text;
    }

    /// What this many steps are worth.
    ///
    /// @throws ArithmeticException when it does not fit
    public Msat toMsat(long amount) {
        return new Msat(Math.multiplyExact(amount, msatPerStep));
    }

    /// How many whole steps an amount holds, rounded down.
    public long floorSteps(Msat amount) {
        return Math.floorDiv(amount.value(), msatPerStep);
    }

    /// How many whole steps cover an amount, rounded up.
    public long ceilSteps(Msat amount) {
        return Math.ceilDiv(amount.value(), msatPerStep);
    }
}
