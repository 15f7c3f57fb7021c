package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

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
record Admissions(
        List<PaymentMethod> methods, String mint, Catalog catalog, NodePool pool, Oracle oracle) {

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

    Admission examine(ChatCall call) {
        try {
            byte[] body = body(call);
            Offer offer = offer(call, body);
            ChatRequest chat = chatRequest(body);
            Model model = model(chat.model());
            Funds funds = fine(offer.funds());
            requireFitting(call.payment().idempotencyKey());
            return afford(chat, funds, model);
        } catch (RefusedException e) {
            return e.refused;
        }
    }

    private static byte[] body(ChatCall call) {
        String mediaType = call.contentType().orElse("").split(";", 2)[0].strip();
        if (!mediaType.toLowerCase(Locale.ROOT).equals(JSON)) {
            throw refuse(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the request as Content-Type: application/json.",
                    "Content-Type");
        }
        return call.body()
                .orElseThrow(() ->
                        refuse(ErrorCode.BODY_TOO_LARGE, "A request has at most 10 MiB.", "body"));
    }

    private Offer offer(ChatCall call, byte[] body) {
        for (PaymentMethod method : methods) {
            Optional<Look<Offer>> offered = method.offered(call.payment());
            if (offered.isPresent()) {
                return fine(offered.get());
            }
        }
        throw unpaid(body);
    }

    /// Says what to pay (NUT-24) whenever the request can be priced.
    private RefusedException unpaid(byte[] body) {
        ApiError error =
                ApiError.of(
                        ErrorCode.NO_PAYMENT_METHOD,
                        "Send ecash of this gateway's mint in the header X-Cashu.",
                        "X-Cashu");
        return new RefusedException(new Admission.Refused(Refusal.of(error), paymentRequest(body)));
    }

    private Optional<PaymentRequest> paymentRequest(byte[] body) {
        try {
            ChatRequest chat = chatRequest(body);
            Tariff tariff = new Tariff(model(chat.model()).price(), oracle.billingRate());
            long completion = chat.maxTokens().orElse(COMPLETION_TOKENS_SUGGESTED);
            Msat cost = tariff.cost(new Usage(chat.promptBound().tokensMax(), completion));
            return Optional.of(
                    PaymentRequest.inBand(
                            CurrencyUnit.SAT.ceilSteps(cost), CurrencyUnit.SAT, List.of(mint)));
        } catch (RefusedException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static ChatRequest chatRequest(byte[] body) {
        ObjectNode json;
        try {
            json = Json.parseObject(body);
        } catch (InvalidJsonException e) {
            throw refuse(ErrorCode.INVALID_JSON, "The body: " + e.getMessage() + ".", "body");
        }
        return switch (ChatRequest.read(json)) {
            case ChatRequest.Reading.Fine(ChatRequest request) -> request;
            case ChatRequest.Reading.Wrong(ApiError error) -> throw refuse(error);
        };
    }

    private Model model(String id) {
        if (catalog.listed(id).isEmpty() && !pool.nodesByModel().containsKey(id)) {
            throw refuse(ModelsRoutes.notFound());
        }
        return catalog.any(id);
    }

    private static void requireFitting(Optional<String> key) {
        if (key.isPresent() && key.get().length() > IDEMPOTENCY_KEY_CHARS_MAX) {
            throw refuse(
                    ErrorCode.INVALID_REQUEST,
                    "An Idempotency-Key has at most 255 characters.",
                    "Idempotency-Key");
        }
    }

    private Admission afford(ChatRequest chat, Funds funds, Model model) {
        Tariff tariff = new Tariff(model.price(), oracle.billingRate());
        PromptBound prompt = chat.promptBound();
        long affordable = tariff.affordableCompletionTokens(funds.available(), prompt.tokensMax());
        if (affordable < 1) {
            throw refuse(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "The token does not cover this prompt and one token of answer; at most %d"
                                    .formatted(prompt.tokensMax())
                            + " prompt tokens are reckoned with, and 10 msat at least.",
                    "X-Cashu");
        }
        long wanted = Math.min(chat.maxTokens().orElse(Long.MAX_VALUE), affordable);
        return new Admission.Admitted(chat, funds, model, tariff, prompt, wanted);
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
