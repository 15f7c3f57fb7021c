package me.owlrun.mint.ldk;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.ldk.SentPayment.Reason;

import org.ldk.structs.ChannelDetails;
import org.ldk.structs.Event;
import org.ldk.structs.FixedPenaltyScorer;
import org.ldk.structs.Invoice;
import org.ldk.structs.NetworkGraph;
import org.ldk.structs.Option_u64Z;
import org.ldk.structs.PaymentParameters;
import org.ldk.structs.Result_RouteLightningErrorZ;
import org.ldk.structs.Route;
import org.ldk.structs.RouteParameters;
import org.ldk.structs.Score;
import org.ldk.structs.UtilMethods;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// Finds the way for a payment and sends it once; there is no second try, as there is no second
/// way.
final class LdkSender {

    private static final int HASH_BYTES = 32;
    private static final int CLTV_EXPIRY_DELTA_MAX = 1008;

    /// LDK refuses what leaves it less time; an invoice may ask for less, a payer may give more.
    private static final long FINAL_CLTV_EXPIRY_DELTA_MIN = 40;

    private final LdkKit kit;
    private final PaymentBook payments;
    private final SecureRandom random = new SecureRandom();

    /// It knows nobody: the nodes tell each other no gossip, and pay over their own channel.
    private final NetworkGraph graph = NetworkGraph.of(new byte[HASH_BYTES]);

    private final FixedPenaltyScorer scorer = FixedPenaltyScorer.with_penalty(0);
    private final Score score = scorer.as_Score();

    LdkSender(LdkKit kit, PaymentBook payments) {
        this.kit = kit;
        this.payments = payments;
    }

    /// Enters the payment and sends it.
    ///
    /// @return the payment that stands in its way
    Optional<SentPayment> send(Invoice invoice, long amountMsat, long feeLimitMsat) {
        PaymentHash hash = PaymentHash.of(invoice.payment_hash());
        Optional<SentPayment> before = payments.begin(hash, invoice.to_str(), amountMsat);
        if (before.isPresent()) {
            return before;
        }
        if (spendableMsat() < amountMsat) {
            fail(hash, Reason.INSUFFICIENT_BALANCE);
            return Optional.empty();
        }
        Optional<Route> route =
                route(invoice, amountMsat).filter(way -> way.get_total_fees() <= feeLimitMsat);
        if (route.isEmpty()) {
            fail(hash, Reason.NO_ROUTE);
        } else if (!kit.manager()
                .send_payment(route.get(), hash.bytes(), invoice.payment_secret())
                .is_ok()) {
            fail(hash, Reason.NO_ROUTE);
        }
        return Optional.empty();
    }

    /// The way that a payment would take now.
    Optional<Route> route(Invoice invoice, long amountMsat) {
        PaymentParameters payee =
                PaymentParameters.of(
                        invoice.recover_payee_pub_key(),
                        invoice.features(),
                        invoice.route_hints(),
                        Option_u64Z.none(),
                        CLTV_EXPIRY_DELTA_MAX);
        long delta = Math.max(invoice.min_final_cltv_expiry(), FINAL_CLTV_EXPIRY_DELTA_MIN);
        return switch (UtilMethods.find_route(
                kit.manager().get_our_node_id(),
                RouteParameters.of(payee, amountMsat, Math.toIntExact(delta)),
                graph,
                kit.manager().list_usable_channels(),
                kit.logger(),
                score,
                LdkKit.bytes(random))) {
            case Result_RouteLightningErrorZ.Result_RouteLightningErrorZ_OK ok ->
                    Optional.of(ok.res);
            default -> Optional.empty();
        };
    }

    /// What the channels can send.
    long spendableMsat() {
        return Arrays.stream(kit.manager().list_channels())
                .mapToLong(ChannelDetails::get_outbound_capacity_msat)
                .sum();
    }

    /// Gives a payment up whose only way failed; LDK then says that it failed.
    void pathFailed(Event.PaymentPathFailed failed) {
        payments.failing(
                PaymentHash.of(failed.payment_hash),
                failed.rejected_by_dest ? Reason.INCORRECT_PAYMENT_DETAILS : Reason.NO_ROUTE);
        kit.manager().abandon_payment(failed.payment_id);
    }

    private void fail(PaymentHash hash, Reason reason) {
        payments.failing(hash, reason);
        payments.failed(hash);
    }
}
