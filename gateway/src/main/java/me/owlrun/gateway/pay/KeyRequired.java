package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.PaymentHeaders;

import java.util.Optional;

/// Ecash that is taken only beside the key of an account, as seed `001` had it; the key itself pays
/// nothing.
///
/// @param ecash the way of paying
/// @param keys knows keys
public record KeyRequired(PaymentMethod ecash, BuyerKeys keys) implements PaymentMethod {

    @Override
    public Optional<Look<Offer>> offered(PaymentHeaders headers) {
        return ecash.offered(headers)
                .map(offered ->
                        switch (headers.bearer().flatMap(keys::find).orElse(unknown())) {
                            case BuyerKeys.Found.Key _ -> offered;
                            case BuyerKeys.Found.Closed(ApiError error) -> Look.wrong(error);
                        });
    }

    private static BuyerKeys.Found unknown() {
        return new BuyerKeys.Found.Closed(
                ApiError.of(
                        ErrorCode.INVALID_API_KEY,
                        "Here ecash needs a key beside it: send Authorization: Bearer owlr_buy_…"
                                + " (POST /v1/beta/signup gives one).",
                        "Authorization"));
    }
}
