package me.owlrun.gateway.chat;

import me.owlrun.cashu.PaymentRequest;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.pay.Change;
import me.owlrun.gateway.pay.Tender;

import java.util.Optional;

/// What looking at a request gives, before anything is reserved or claimed.
sealed interface Admission {

    /// It can be served if a node is there.
    ///
    /// @param request the request
    /// @param tender the money
    /// @param idempotencyKey the header of that name, if sent
    /// @param model the model
    /// @param tariff what it costs
    /// @param prompt what the prompt can be
    /// @param completionTokensMax what the buyer wants and can pay
    record Admitted(
            ChatRequest request,
            Tender tender,
            Optional<String> idempotencyKey,
            Model model,
            Tariff tariff,
            PromptBound prompt,
            long completionTokensMax)
            implements Admission {}

    /// It cannot.
    ///
    /// @param error why
    /// @param change the outcome of an earlier request with the same token, if it has one
    /// @param mayRetry whether clients may repeat it by themselves
    /// @param paymentRequest what would pay for it (NUT-24), when nothing was sent
    record Refused(
            ApiError error,
            Optional<Change> change,
            boolean mayRetry,
            Optional<PaymentRequest> paymentRequest)
            implements Admission {

        /// A refusal of what was sent.
        Refused(ApiError error, Optional<Change> change, boolean mayRetry) {
            this(error, change, mayRetry, Optional.empty());
        }
    }
}
