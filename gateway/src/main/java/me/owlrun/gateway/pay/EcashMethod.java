package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.money.Msat;

import java.util.Optional;

/// Paying by a token in the request (`X-Cashu`, or as a bearer).
///
/// @param desk looks at tokens
/// @param blankDesk looks at what the change shall go into
/// @param cashier takes them
public record EcashMethod(TokenDesk desk, BlankDesk blankDesk, Cashier cashier)
        implements PaymentMethod {

    @Override
    public Optional<Look<Offer>> offered(PaymentHeaders headers) {
        return headers.ecash()
                .map(text ->
                        switch (desk.read(text)) {
                            case Look.Fine<TokenDesk.Read>(TokenDesk.Read read) ->
                                    new Look.Fine<>(() -> funds(read, headers));
                            case Look.Wrong<TokenDesk.Read>(Refusal refusal) ->
                                    new Look.Wrong<>(refusal);
                        });
    }

    private Look<Funds> funds(TokenDesk.Read read, PaymentHeaders headers) {
        return switch (desk.tender(read)) {
            case Look.Wrong<Tender>(Refusal refusal) -> new Look.Wrong<>(refusal);
            case Look.Fine<Tender>(Tender tender) ->
                    cashier.find(tender.key())
                            .<Look<Funds>>map(payment -> new Look.Wrong<>(repeat(payment)))
                            .orElseGet(() -> funds(tender, headers));
        };
    }

    private Look<Funds> funds(Tender tender, PaymentHeaders headers) {
        if (headers.changeOutputs().isEmpty()) {
            return fine(tender, Optional.empty(), headers);
        }
        return switch (blankDesk.read(headers.changeOutputs().get(), tender)) {
            case Look.Wrong<Blanks>(Refusal refusal) -> new Look.Wrong<>(refusal);
            case Look.Fine<Blanks>(Blanks blanks) -> fine(tender, Optional.of(blanks), headers);
        };
    }

    private Look<Funds> fine(Tender tender, Optional<Blanks> blanks, PaymentHeaders headers) {
        return new Look.Fine<>(new TokenFunds(tender, blanks, cashier, headers.idempotencyKey()));
    }

    /// What is answered to a token that came before.
    static Refusal repeat(Payment payment) {
        return switch (payment.state()) {
            case Payment.State.Intent() -> inProgress();
            case Payment.State.Claimed() -> inProgress();
            case Payment.State.Closed closed when closed.change().pending() -> inProgress();
            case Payment.State.Closed closed ->
                    new Refusal(
                            ApiError.of(
                                    ErrorCode.TOKEN_SPENT,
                                    "This token paid for an earlier request; its change is in"
                                            + " this answer.",
                                    "X-Cashu"),
                            Optional.of(closed.change()),
                            false);
        };
    }

    private static Refusal inProgress() {
        return Refusal.forGood(
                ApiError.of(
                        ErrorCode.PAYMENT_IN_PROGRESS,
                        "This token pays for a request that still runs; POST /v1/cashu/change"
                                + " tells its outcome.",
                        "X-Cashu"));
    }

    /// What is answered to an Idempotency-Key that came before with another token.
    static Refusal keyReused() {
        return Refusal.forGood(
                ApiError.of(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key came with another token; nothing was claimed.",
                        "Idempotency-Key"));
    }

    /// A token that can be claimed.
    private record TokenFunds(
            Tender tender,
            Optional<Blanks> blanks,
            Cashier cashier,
            Optional<String> idempotencyKey)
            implements Funds {

        @Override
        public Msat available() {
            return tender.paid();
        }

        @Override
        public ClaimResult claim(String model, Msat costMax) {
            return cashier.claim(tender, blanks, model, costMax, idempotencyKey);
        }
    }
}
