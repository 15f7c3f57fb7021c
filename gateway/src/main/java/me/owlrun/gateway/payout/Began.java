package me.owlrun.gateway.payout;

import me.owlrun.money.Msat;

/// What became of a request for a payout; only [Opened] changes anything.
sealed interface Began {

    /// It is written down and its money is held.
    record Opened(Payout payout) implements Began {}

    /// The same request came before.
    record Repeated(Payout payout) implements Began {}

    /// Another request came under this Idempotency-Key.
    record KeyReused() implements Began {}

    /// The account has a Lightning payout under way.
    record InProgress() implements Began {}

    /// This invoice was paid, or tried, before; or it is one of the gateway's own.
    record InvoiceReused() implements Began {}

    /// The account has less.
    record Insufficient(Msat balance) implements Began {}

    /// The account has enough, but a part of it cannot be taken out yet.
    ///
    /// @param free what can
    record InEscrow(Msat free) implements Began {}

    /// One of the operator's caps is reached.
    ///
    /// @param cap which one, for people
    record Capped(String cap) implements Began {}

    /// The vault has no coins of the unit for it at the moment.
    record VaultShort() implements Began {}

    /// The vault has coins of the unit for it, and others have them in hand: try again soon.
    record VaultBusy() implements Began {}
}
