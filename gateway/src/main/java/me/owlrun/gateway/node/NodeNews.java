package me.owlrun.gateway.node;

import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.List;

/// What nodes are told besides their own figures. The newest come first; what does not fit into a
/// message is left out.
public interface NodeNews {

    /// A word of the operator to all nodes or to one provider.
    ///
    /// @param severity `info`, `warning` or `critical`
    record Broadcast(String id, String title, String message, String severity, Instant createdAt) {}

    /// Money that left for the provider.
    ///
    /// @param paymentHash of the Lightning payment, in hex
    record Withdrawal(Msat amount, String paymentHash, Instant at) {}

    /// The broadcasts that a provider is shown now.
    List<Broadcast> broadcasts(long providerId);

    /// The provider's withdrawals.
    List<Withdrawal> withdrawals(long providerId);

    /// No news.
    static NodeNews none() {
        return new NodeNews() {
            @Override
            public List<Broadcast> broadcasts(long providerId) {
                return List.of();
            }

            @Override
            public List<Withdrawal> withdrawals(long providerId) {
                return List.of();
            }
        };
    }
}
