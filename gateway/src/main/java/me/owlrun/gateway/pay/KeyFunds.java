package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/// A key that can pay, with the balance it had when it was looked at.
///
/// @param available the less of the pots and what the key's limit leaves
/// @param idempotencyKey the hash of the header's text, if sent
record KeyFunds(
        ChargeDesk desk,
        SecureRandom random,
        BuyerKeys.Found.Key key,
        Msat available,
        Optional<String> idempotencyKey)
        implements Funds {

    private static final int ID_BYTES = 16;

    @Override
    public ClaimResult claim(String model, Msat costMax) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        ChargeRows.Hold hold =
                new ChargeRows.Hold(
                        "chg_" + HexFormat.of().formatHex(id),
                        key.accountId(),
                        key.keySha256Hex(),
                        idempotencyKey,
                        desk.bootId(),
                        model,
                        costMax);
        return switch (desk.hold(hold)) {
            case ChargeRows.Held.Done(ChargeRows.Open open) ->
                    new ClaimResult.Claimed(desk.charge(open));
            case ChargeRows.Held.Poor() -> notClaimed(poor());
            case ChargeRows.Held.OverLimit() -> notClaimed(overLimit());
            case ChargeRows.Held.Repeated() ->
                    new ClaimResult.NotClaimed(
                            desk.ofIdempotencyKey(key.accountId(), idempotencyKey.orElseThrow())
                                    .map(KeyFunds::repeat)
                                    .orElseGet(() -> Refusal.of(overLimit())));
        };
    }

    private static ClaimResult notClaimed(ApiError error) {
        return new ClaimResult.NotClaimed(Refusal.of(error));
    }

    static ApiError poor() {
        return ApiError.of(
                ErrorCode.INSUFFICIENT_FUNDS,
                "The account's balance does not cover what this request can cost; top it up or"
                        + " lower max_tokens.",
                "Authorization");
    }

    static ApiError overLimit() {
        return ApiError.of(
                ErrorCode.KEY_LIMIT_REACHED,
                "What this request can cost is more than this key may still spend.",
                "Authorization");
    }

    /// What is answered to an Idempotency-Key that came before.
    static Refusal repeat(ChargeRows.Known known) {
        if (known.state().equals("held")) {
            return Refusal.forGood(
                    ApiError.of(
                            ErrorCode.PAYMENT_IN_PROGRESS,
                            "A request with this Idempotency-Key still runs.",
                            "Idempotency-Key"));
        }
        return Refusal.forGood(
                ApiError.of(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key came before: %s, cost %d msat; nothing was started."
                                .formatted(
                                        known.jobId()
                                                .map(job -> "job " + job)
                                                .orElse("its job failed and was refunded"),
                                        known.cost().value()),
                        "Idempotency-Key"));
    }

    /// The name under which an Idempotency-Key is kept.
    static String nameOf(String idempotencyKey) {
        return Sha256.hexOf(idempotencyKey);
    }

    @Override
    public String toString() {
        return "KeyFunds[available=" + available + "]";
    }
}
