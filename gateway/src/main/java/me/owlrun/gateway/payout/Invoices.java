package me.owlrun.gateway.payout;

import me.owlrun.bolt11.Invoice;
import me.owlrun.money.Msat;

/// Gets invoices for Lightning addresses.
interface Invoices {

    /// An invoice over exactly this amount, checked for all that can be checked without a node.
    ///
    /// @param comment what the payee reads with it, where that is possible
    Answer invoice(String address, Msat amount, String comment);

    /// What an address gave.
    sealed interface Answer {

        /// An invoice.
        record Found(Invoice invoice) implements Answer {}

        /// None.
        ///
        /// @param failure how it counts
        /// @param reason for logs and people
        record None(Failure failure, String reason) implements Answer {}
    }
}
