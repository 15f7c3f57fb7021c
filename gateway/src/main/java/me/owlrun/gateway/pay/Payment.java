package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.util.Optional;

/// One payment as its row tells it.
///
/// @param id its identifier
/// @param model the model it pays for
/// @param unit the unit of its token
/// @param encoding how the token was written
/// @param paid what it is worth to us
/// @param blanks where the change shall go; empty when the buyer takes a token
/// @param ownerBoot which start of which gateway works on it
/// @param state where it stands
record Payment(
        String id,
        String model,
        CurrencyUnit unit,
        Encoding encoding,
        Msat paid,
        Optional<Blanks> blanks,
        String ownerBoot,
        State state) {

    /// The same with another owner.
    Payment ownedBy(String bootId) {
        return new Payment(id, model, unit, encoding, paid, blanks, bootId, state);
    }

    /// Where a payment stands.
    sealed interface State {

        /// Written down; the mint may or may not have swapped the proofs.
        record Intent() implements State {}

        /// The proofs are ours; the job runs.
        record Claimed() implements State {}

        /// Closed: the job is paid, or everything was given back.
        ///
        /// @param settled whether a job was paid, or all was refunded
        /// @param change what the buyer gets
        /// @param usage tokens billed, prompt first, when a job was paid
        record Closed(boolean settled, Change change, Optional<Tokens> usage) implements State {}
    }

    /// Tokens billed.
    record Tokens(long prompt, long completion) {}
}
