package me.owlrun.gateway.chat;

import me.owlrun.cashu.PaymentRequest;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.pay.Funds;
import me.owlrun.gateway.pay.Refusal;

import java.util.Optional;

/// What looking at a request gives, before anything is reserved or claimed.
sealed interface Admission {

    /// It can be served if a node is there.
    ///
    /// @param request the request
    /// @param funds what pays for it
    /// @param model the model
    /// @param tariff what it costs
    /// @param prompt what the prompt can be
    /// @param completionTokensMax what the buyer wants and can pay
    record Admitted(
            ChatRequest request,
            Funds funds,
            Model model,
            Tariff tariff,
            PromptBound prompt,
            long completionTokensMax)
            implements Admission {}

    /// It cannot.
    ///
    /// @param refusal why, and what becomes of the money
    /// @param paymentRequest what would pay for it (NUT-24), when nothing was sent
    record Refused(Refusal refusal, Optional<PaymentRequest> paymentRequest) implements Admission {

        /// A refusal of what was sent.
        Refused(Refusal refusal) {
            this(refusal, Optional.empty());
        }
    }
}
