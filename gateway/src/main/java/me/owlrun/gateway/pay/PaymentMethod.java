package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.PaymentHeaders;

import java.util.Optional;

/// One way of paying for a job. A request is shown to each method in turn; the first that finds
/// something of its own is the one that pays.
public interface PaymentMethod {

    /// What a request offers to pay with, read and not yet looked up; empty when it does not pay
    /// this way.
    Optional<Look<Offer>> offered(PaymentHeaders headers);

    /// Something that can be read as a means of payment.
    interface Offer {

        /// Whether it is meant for such a job at all; else nothing was offered.
        ///
        /// @param task what a node has to do
        /// @param promptTokens the most that the prompt can be
        default boolean covers(String model, String task, long promptTokens) {
            return true;
        }

        /// Looks it up: what it is worth, and whether it paid before. Touches no money.
        Look<Funds> funds();
    }
}
