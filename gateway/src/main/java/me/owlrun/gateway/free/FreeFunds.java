package me.owlrun.gateway.free;

import me.owlrun.gateway.pay.ClaimResult;
import me.owlrun.gateway.pay.Funds;
import me.owlrun.money.Msat;

/// Nothing, which is as good as money where work is given away.
///
/// @param client who asks, as limits count it; kept in memory only
/// @param completionTokensMax tokens of the answer
record FreeFunds(FreeDesk desk, String client, long completionTokensMax) implements Funds {

    @Override
    public boolean isFree() {
        return true;
    }

    @Override
    public Msat available() {
        return Msat.of(Long.MAX_VALUE);
    }

    @Override
    public ClaimResult claim(String model, Msat costMax) {
        return desk.begin(client, model, costMax);
    }

    @Override
    public String toString() {
        return "FreeFunds[]";
    }
}
