package me.owlrun.gateway;

import me.owlrun.gateway.node.NodeNews;
import me.owlrun.gateway.notice.Broadcasts;
import me.owlrun.gateway.payout.Payouts;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What nodes are told: the operator's announcements, what is wrong with their own address, and the
/// payouts that arrived.
///
/// @param announcements to everybody
/// @param payouts knows addresses and payouts
record News(Broadcasts announcements, Payouts payouts) implements NodeNews {

    private static final int WITHDRAWALS_MAX = 20;

    @Override
    public List<Broadcast> broadcasts(long providerId) {
        List<Broadcast> all = new ArrayList<>();
        Optional<String> notice = payouts.notice(providerId);
        notice.ifPresent(text ->
                all.add(
                        new Broadcast(
                                "lightning_address",
                                "Your Lightning address",
                                text,
                                "warning",
                                Instant.EPOCH)));
        for (me.owlrun.gateway.notice.Broadcast one : announcements.current()) {
            all.add(
                    new Broadcast(
                            Long.toString(one.id()),
                            one.title(),
                            one.message(),
                            one.severity().name().toLowerCase(Locale.ROOT),
                            one.createdAt()));
        }
        return all;
    }

    @Override
    public List<Withdrawal> withdrawals(long providerId) {
        return payouts.history(providerId, WITHDRAWALS_MAX).stream()
                .map(row ->
                        new Withdrawal(Msat.ofSat(row.amountSats()), row.paymentHash(), row.time()))
                .toList();
    }
}
