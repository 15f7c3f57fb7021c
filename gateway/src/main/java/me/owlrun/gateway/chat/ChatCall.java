package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.PaymentHeaders;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A request as it came in, before anybody has looked at it.
///
/// @param contentType the header of that name
/// @param body the whole body; empty when it is larger than allowed
/// @param payment what it says about its payment
/// @param changeMode the header `X-Cashu-Change-Mode`
/// @param userAgent the header of that name
record ChatCall(
        Optional<String> contentType,
        Optional<byte[]> body,
        PaymentHeaders payment,
        Optional<String> changeMode,
        Optional<String> userAgent) {

    /// Clients that close the connection at the first `[DONE]`.
    private static final Pattern STOPS_AT_DONE =
            Pattern.compile("openai/|ai-sdk|langchain|llama-?index|litellm");

    /// Whether the change has to come before the first `[DONE]`.
    boolean wantsChangeInline() {
        if (changeMode.isPresent()) {
            return changeMode.get().strip().equalsIgnoreCase("inline");
        }
        return STOPS_AT_DONE.matcher(userAgent.orElse("").toLowerCase(Locale.ROOT)).find();
    }

    @Override
    public String toString() {
        return "ChatCall[" + userAgent.orElse("") + "]";
    }
}
