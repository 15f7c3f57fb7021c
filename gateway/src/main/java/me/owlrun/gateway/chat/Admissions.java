package me.owlrun.gateway.chat;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.PaymentRequest;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.market.ModelsRoutes;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.pay.Funds;
import me.owlrun.gateway.pay.Look;
import me.owlrun.gateway.pay.PaymentMethod;
import me.owlrun.gateway.pay.PaymentMethod.Offer;
import me.owlrun.gateway.pay.Refusal;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Looks at requests in the order of docs/errors.md and says which can be served. Nothing is
/// reserved, claimed or written here.
///
/// @param methods ways of paying, in the order in which they are tried
/// @param mint the address of the mint that payment requests name
/// @param catalog knows models and prices
/// @param pool knows which models nodes serve
/// @param oracle knows the rate
/// @param costMin the smallest cost of a job
record Admissions(
        List<PaymentMethod> methods,
        String mint,
        Catalog catalog,
        NodePool pool,
        Oracle oracle,
        Msat costMin) {

    private static final int IDEMPOTENCY_KEY_CHARS_MAX = 255;
    private static final String JSON = "application/json";

    /// What the asked payment covers when the request names no bound; the rest comes back as
    /// change.
    private static final long COMPLETION_TOKENS_SUGGESTED = 1_000;

    /// Leaves the examination with a refusal, within this class only.
    private static final class RefusedException extends RuntimeException {
        private final transient Admission.Refused refused;

        private RefusedException(Admission.Refused refused) {
            super(refused.refusal().error().message(), null, false, false);
            this.refused = refused;
        }
    }

    Admission examine(ChatCall call, Dialect dialect) {
        try {
            byte[] body = body(call, dialect);
            Offer offer = offer(call, body, dialect);
            JobRequest request = request(body, dialect);
            Model model = model(request.model());
            if (!offer.covers(
                    model.id(), request.task().text(), request.promptBound().tokensMax())) {
                throw unpaid(body, dialect);
            }
            Funds funds = fine(offer.funds());
            if (!funds.isFree()) {
                requirePrice();
            }
            requireFitting(call.payment().idempotencyKey());
            return afford(request, funds, model);
        } catch (RefusedException e) {
            return e.refused;
        }
    }

    /// What work would cost, without looking at a payment.
    ///
    /// @param body the request
    Quoted quote(byte[] body, Dialect dialect) {
        try {
            JobRequest request = request(body, dialect);
            Model model = model(request.model());
            return new Quoted.Priced(request, model, tariff(model));
        } catch (RefusedException e) {
            return new Quoted.Refused(e.refused.refusal().error());
        }
    }

    /// What looking at the price gives.
    sealed interface Quoted {
        /// It can be priced.
        record Priced(JobRequest request, Model model, Tariff tariff) implements Quoted {}

        /// It cannot.
        record Refused(ApiError error) implements Quoted {}
    }

    private static byte[] body(ChatCall call, Dialect dialect) {
        String mediaType = call.contentType().orElse("").split(";", 2)[0].strip();
        if (dialect.wantsMediaType() && !mediaType.toLowerCase(Locale.ROOT).equals(JSON)) {
            throw refuse(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the request as Content-Type: application/json.",
                    "Content-Type");
        }
        return call.body()
                .orElseThrow(() ->
                        refuse(ErrorCode.BODY_TOO_LARGE, "A request has at most 10 MiB.", "body"));
    }

    private Offer offer(ChatCall call, byte[] body, Dialect dialect) {
        for (PaymentMethod method : methods) {
            Optional<Look<Offer>> offered = method.offered(call.payment());
            if (offered.isPresent()) {
                return fine(offered.get());
            }
        }
        throw unpaid(body, dialect);
    }

    /// Says what to pay (NUT-24) whenever the request can be priced.
    private RefusedException unpaid(byte[] body, Dialect dialect) {
        ApiError error =
                ApiError.of(
                        ErrorCode.NO_PAYMENT_METHOD,
                        "Send ecash of %s in the header X-Cashu, or a key owlr_buy_... with balance"
                                        .formatted(mint)
                                + " as Authorization: Bearer.",
                        "X-Cashu");
        return new RefusedException(
                new Admission.Refused(Refusal.of(error), paymentRequest(body, dialect)));
    }

    private Optional<PaymentRequest> paymentRequest(byte[] body, Dialect dialect) {
        try {
            JobRequest request = request(body, dialect);
            Tariff tariff = tariff(model(request.model()));
            Msat cost = tariff.cost(suggested(request));
            return Optional.of(
                    PaymentRequest.inBand(
                            CurrencyUnit.SAT.ceilSteps(cost), CurrencyUnit.SAT, List.of(mint)));
        } catch (RefusedException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /// The most that a request can use, as far as it says.
    static Usage suggested(JobRequest request) {
        long completion =
                request.writesTokens()
                        ? request.maxTokens().orElse(COMPLETION_TOKENS_SUGGESTED)
                        : 0;
        return new Usage(request.promptBound().tokensMax(), completion);
    }

    private static JobRequest request(byte[] body, Dialect dialect) {
        try {
            return dialect.read(Json.parseObject(body));
        } catch (InvalidJsonException e) {
            throw refuse(ErrorCode.INVALID_JSON, "The body: " + e.getMessage() + ".", "body");
        } catch (WrongRequestException e) {
            throw refuse(e.error());
        }
    }

    private Tariff tariff(Model model) {
        return new Tariff(model.price(), oracle.billingRate(), costMin);
    }

    private Model model(String id) {
        if (catalog.listed(id).isEmpty() && !pool.nodesByModel().containsKey(id)) {
            throw refuse(ModelsRoutes.notFound());
        }
        return catalog.any(id);
    }

    /// Paid work needs a price of bitcoin that can be vouched for.
    private void requirePrice() {
        if (oracle.refusesPaidJobs()) {
            throw refuse(
                    ApiError.of(
                            ErrorCode.ORACLE_STALE,
                            "The price of bitcoin is too old to bill with; try again later."));
        }
    }

    private static void requireFitting(Optional<String> key) {
        if (key.isPresent() && key.get().length() > IDEMPOTENCY_KEY_CHARS_MAX) {
            throw refuse(
                    ErrorCode.INVALID_REQUEST,
                    "An Idempotency-Key has at most 255 characters.",
                    "Idempotency-Key");
        }
    }

    private Admission afford(JobRequest request, Funds funds, Model model) {
        Tariff tariff = tariff(model);
        PromptBound prompt = request.promptBound();
        long affordable = tariff.affordableCompletionTokens(funds.available(), prompt.tokensMax());
        if (affordable < (request.writesTokens() ? 1 : 0)) {
            throw refuse(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    ("What you pay does not cover this prompt and one token of answer; at most %d"
                                    + " prompt tokens are reckoned with, and %d msat at least.")
                            .formatted(prompt.tokensMax(), costMin.value()),
                    "X-Cashu");
        }
        long wanted =
                request.writesTokens()
                        ? Math.min(
                                request.maxTokens().orElse(model.contextLength()),
                                Math.min(affordable, funds.completionTokensMax()))
                        : 0;
        return new Admission.Admitted(request, funds, model, tariff, prompt, wanted);
    }

    private static <T> T fine(Look<T> look) {
        return switch (look) {
            case Look.Fine<T>(T value) -> value;
            case Look.Wrong<T>(Refusal refusal) ->
                    throw new RefusedException(new Admission.Refused(refusal));
        };
    }

    private static RefusedException refuse(ErrorCode code, String message, String param) {
        return refuse(ApiError.of(code, message, param));
    }

    private static RefusedException refuse(ApiError error) {
        return new RefusedException(new Admission.Refused(Refusal.of(error)));
    }
}
