package me.owlrun.gateway;

import me.owlrun.gateway.admin.StuckMoney;
import me.owlrun.gateway.payout.Payouts;

import java.util.List;

/// Shows the operator the payouts that are under way.
///
/// @param payouts knows them
record StuckPayouts(Payouts payouts) implements StuckMoney {

    @Override
    public List<Stuck> list() {
        return payouts.open().stream()
                .map(open ->
                        new Stuck(
                                open.id(),
                                "payout",
                                open.method() + " " + open.state(),
                                open.amountMsats(),
                                open.since(),
                                open.nextLookAt(),
                                open.evidence()))
                .toList();
    }

    @Override
    public boolean retryNow(String id) {
        return payouts.retryNow(id);
    }
}
