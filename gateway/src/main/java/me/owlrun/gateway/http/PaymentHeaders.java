package me.owlrun.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;

import java.util.Optional;

/// What a request says about its payment. Never logged.
///
/// @param ecash a token's text, wherever it was
/// @param bearer what follows `Bearer` in `Authorization`
/// @param idempotencyKey the header of that name
/// @param changeOutputs the header `X-Cashu-Change-Outputs`; its parts when it came several times
public record PaymentHeaders(
        Optional<String> ecash,
        Optional<String> bearer,
        Optional<String> idempotencyKey,
        Optional<String> changeOutputs) {

    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName CHANGE_OUTPUTS = HeaderNames.create("X-Cashu-Change-Outputs");

    /// Reads them.
    public static PaymentHeaders of(Headers headers) {
        return new PaymentHeaders(
                Credentials.ecash(headers),
                Credentials.bearer(headers),
                headers.first(IDEMPOTENCY_KEY).filter(key -> !key.isBlank()),
                headers.contains(CHANGE_OUTPUTS)
                        ? Optional.of(headers.get(CHANGE_OUTPUTS).values())
                        : Optional.empty());
    }

    @Override
    public String toString() {
        return "PaymentHeaders[REDACTED]";
    }
}
