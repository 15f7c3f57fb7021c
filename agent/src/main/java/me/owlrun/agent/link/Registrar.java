package me.owlrun.agent.link;

import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Registration;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells the gateway who we are and what we have: `POST /v1/gateway/register`.
final class Registrar {
    private static final Duration RETRY_AFTER_MOST = Duration.ofMinutes(5);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    private final HttpClient client;
    private final Gateway gateway;
    private final Duration limit;

    Registrar(HttpClient client, Gateway gateway, Duration limit) {
        this.client = client;
        this.gateway = gateway;
        this.limit = limit;
    }

    /// What came of it.
    sealed interface Outcome {
        /// The gateway knows us now.
        record Registered() implements Outcome {}

        /// It does not accept our key.
        record KeyRefused() implements Outcome {}

        /// It wants us to come later.
        ///
        /// @param pause how long it asks for, at most five minutes
        record Later(Duration pause) implements Outcome {}

        /// Something else went wrong.
        ///
        /// @param why a few words without secrets
        record Failed(String why) implements Outcome {}
    }

    /// Registers; blocks until the gateway answers or the limit is over. The answer's body is not
    /// needed: deployed nodes ignore it too.
    Outcome register(Registration registration) throws InterruptedException {
        HttpResponse<Void> response;
        try {
            response =
                    client.send(
                            gateway.register(registration, limit),
                            HttpResponse.BodyHandlers.discarding());
        } catch (IOException broken) {
            return new Outcome.Failed("it does not answer");
        }
        return switch (response.statusCode()) {
            case 200, 201 -> new Outcome.Registered();
            case 401, 403 -> new Outcome.KeyRefused();
            case 429, 503 -> new Outcome.Later(retryAfter(response));
            default -> new Outcome.Failed("it answered with status " + response.statusCode());
        };
    }

    private static Duration retryAfter(HttpResponse<Void> response) {
        Optional<String> value = response.headers().firstValue("Retry-After");
        Duration asked =
                value.filter(text -> SECONDS.matcher(text).matches())
                        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                        .orElse(Duration.ZERO);
        return asked.compareTo(RETRY_AFTER_MOST) > 0 ? RETRY_AFTER_MOST : asked;
    }
}
