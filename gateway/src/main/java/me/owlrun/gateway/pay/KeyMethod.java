package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.util.Optional;

/// Paying by a buyer's key: the most a job can cost is held out of the account's pots, credit
/// first, and what is not spent goes back to where it came from.
///
/// @param keys knows keys
/// @param desk holds and settles
record KeyMethod(BuyerKeys keys, ChargeDesk desk, SecureRandom random) implements PaymentMethod {

    @Override
    public Optional<Look<Offer>> offered(PaymentHeaders headers) {
        return headers.bearer()
                .flatMap(keys::find)
                .map(found ->
                        switch (found) {
                            case BuyerKeys.Found.Key key ->
                                    new Look.Fine<>(() ->
                                            funds(
                                                    key,
                                                    headers.idempotencyKey()
                                                            .map(KeyFunds::nameOf)));
                            case BuyerKeys.Found.Closed(ApiError error) -> Look.wrong(error);
                        });
    }

    private Look<Funds> funds(BuyerKeys.Found.Key key, Optional<String> idempotencyKey) {
        Optional<ChargeRows.Known> before =
                idempotencyKey.flatMap(name -> desk.ofIdempotencyKey(key.accountId(), name));
        if (before.isPresent()) {
            return new Look.Wrong<>(KeyFunds.repeat(before.get()));
        }
        ChargeRows.Means means = desk.means(key);
        Msat pots = means.sats().plus(means.credit());
        Msat left = means.limitLeft().orElse(pots);
        if (pots.isPositive() && !left.isPositive()) {
            return Look.wrong(KeyFunds.overLimit());
        }
        return new Look.Fine<>(new KeyFunds(desk, random, key, pots.min(left), idempotencyKey));
    }
}
