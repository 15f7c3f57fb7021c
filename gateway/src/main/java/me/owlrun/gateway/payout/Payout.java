package me.owlrun.gateway.payout;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One payout as its row says. Holds bearer money, so its `toString` hides the token.
///
/// @param accountId who is paid
/// @param version grows with every change; a change of an older version is refused
/// @param amount what arrives
/// @param reserve what the way may cost on top, held with the amount
/// @param fee what it did cost, once it is paid
/// @param address the Lightning address it goes to; empty for none
/// @param operation the swap or melt
/// @param recall the swap that takes the inputs back, once it is written down
/// @param tokenB whether its token is a cashuB
/// @param givenCount how many outputs of the swap are the user's
/// @param sends how often the mint was asked to pay
/// @param looks how often nothing new was seen in a row
record Payout(
        String id,
        long accountId,
        Method method,
        boolean automatic,
        State state,
        int version,
        Msat amount,
        Msat reserve,
        Optional<Msat> fee,
        CurrencyUnit unit,
        boolean tokenB,
        String address,
        Optional<String> bolt11,
        Optional<String> paymentHash,
        Optional<Instant> quoteExpiresAt,
        UUID operation,
        Optional<UUID> recall,
        int givenCount,
        Optional<String> preimage,
        Optional<String> token,
        boolean tokenSpent,
        Optional<Failure> failure,
        String evidence,
        int sends,
        int looks,
        Instant nextLookAt,
        Instant createdAt,
        Optional<Instant> closedAt) {

    /// How it leaves.
    enum Method {
        /// As a token.
        ECASH,
        /// As a payment of an invoice.
        LIGHTNING
    }

    /// How far it is. Before it is sent nothing is held and there is no row.
    enum State {
        /// The mint was asked, or is about to be.
        SENT,
        /// The mint was asked and the end is not known.
        UNKNOWN,
        /// It did not happen as it seems, and its coins are being taken back to make sure.
        RECALLING,
        /// It arrived.
        PAID,
        /// It did not and never will; the money is back.
        FAILED;

        boolean isClosed() {
            return this == PAID || this == FAILED;
        }
    }

    /// What is to be done after an event.
    enum Command {
        /// Ask the mint to pay.
        SEND,
        /// Ask how it stands, later.
        LOOK_LATER,
        /// Take the coins back.
        RECALL,
        /// Try again later to take the coins back.
        RECALL_LATER,
        /// Book it as paid.
        BOOK,
        /// Give the held money back.
        RELEASE,
        /// Nothing.
        NOTHING
    }

    /// Where an event leads.
    record Step(State next, Command command) {}

    /// The whole life of a payout as a function: no clock, no database, no mint. Whatever was seen,
    /// money is given back only when the mint never got our coins, or when they are ours again.
    static Step step(State state, PayoutEvent event) {
        return switch (state) {
            case SENT, UNKNOWN -> sent(state, event);
            case RECALLING -> recalling(event);
            case PAID, FAILED -> new Step(state, Command.NOTHING);
        };
    }

    private static Step sent(State state, PayoutEvent event) {
        return switch (event) {
            case PayoutEvent.Arrived _ -> new Step(State.PAID, Command.BOOK);
            case PayoutEvent.Declined _ -> new Step(State.FAILED, Command.RELEASE);
            case PayoutEvent.Refused _ -> new Step(State.RECALLING, Command.RECALL);
            case PayoutEvent.NotSeen(boolean mayBeSentAgain) ->
                    mayBeSentAgain
                            ? new Step(State.UNKNOWN, Command.SEND)
                            : new Step(State.RECALLING, Command.RECALL);
            case PayoutEvent.Unclear _ -> new Step(State.UNKNOWN, Command.LOOK_LATER);
            default -> new Step(state, Command.NOTHING);
        };
    }

    private static Step recalling(PayoutEvent event) {
        return switch (event) {
            case PayoutEvent.Recalled _ -> new Step(State.FAILED, Command.RELEASE);
            case PayoutEvent.InputsGone _ -> new Step(State.UNKNOWN, Command.LOOK_LATER);
            case PayoutEvent.Unclear _ -> new Step(State.RECALLING, Command.RECALL_LATER);
            default -> new Step(State.RECALLING, Command.NOTHING);
        };
    }

    /// What is held while it is open.
    Msat held() {
        return amount.plus(reserve);
    }

    @Override
    public String toString() {
        return "Payout[id=" + id + ", method=" + method + ", state=" + state + "]";
    }
}
