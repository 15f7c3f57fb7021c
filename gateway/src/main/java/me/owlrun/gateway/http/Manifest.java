package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/// What a program that has never heard of this gateway must know to buy from it: as JSON and as a
/// text for language models. Paths and headers come from the API document, which a test holds
/// against the routes.
///
/// @param api the API document
/// @param facts what is set for this gateway
record Manifest(JsonNode api, Facts facts) {

    private static final String PAID_PATH = "/v1/chat/completions";

    /// Methods that the document may have.
    private static final List<String> METHODS = List.of("get", "post", "patch", "delete");

    /// What is set for one gateway.
    ///
    /// @param version name and number of the program
    /// @param network the money it deals in
    /// @param mint the mint's address in tokens
    /// @param aliases other addresses of it that tokens may carry
    /// @param limits numbers by their names, which say the unit
    record Facts(
            String version,
            String network,
            String mint,
            List<String> aliases,
            Map<String, Long> limits) {

        /// Takes unmodifiable copies.
        Facts {
            aliases = List.copyOf(aliases);
            limits = Map.copyOf(limits);
        }
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("name", "owlrun");
        json.put("version", facts.version());
        json.put("network", facts.network());
        json.put("api_base", "/v1");
        ObjectNode mint = json.putObject("mint");
        mint.put("url", facts.mint());
        facts.aliases().forEach(mint.putArray("aliases")::add);
        mint.putArray("units").add("sat").add("msat");
        ObjectNode payment = json.putObject("payment");
        payment.putArray("methods").add("ecash").add("key");
        ArrayNode asked = payment.putArray("request_headers");
        for (JsonNode parameter : paid().path("parameters")) {
            if (parameter.path("in").asText().equals("header")) {
                asked.addObject()
                        .put("name", parameter.path("name").asText())
                        .put("description", parameter.path("description").asText(""));
            }
        }
        ArrayNode answered = payment.putArray("answer_headers");
        paid().at("/responses/200/headers").fieldNames().forEachRemaining(answered::add);
        ArrayNode endpoints = json.putArray("endpoints");
        eachEndpoint((name, operation) ->
                endpoints
                        .addObject()
                        .put("method", name.substring(0, name.indexOf(' ')))
                        .put("path", name.substring(name.indexOf(' ') + 1))
                        .put("summary", operation.path("summary").asText("")));
        ObjectNode limits = json.putObject("limits");
        facts.limits().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(limit -> limits.put(limit.getKey(), limit.getValue()));
        json.putObject("docs")
                .put("openapi", "/openapi.json")
                .put("text", "/llms.txt")
                .put("models", "/v1/models")
                .put("rate", "/v1/oracle/rate")
                .put("status", "/healthz");
        return json;
    }

    private JsonNode paid() {
        return api.path("paths").path(PAID_PATH).path("post");
    }

    /// Every endpoint by `METHOD path`, without those that only repeat another.
    private void eachEndpoint(BiConsumer<String, JsonNode> each) {
        api.path("paths")
                .properties()
                .forEach(path ->
                        METHODS.stream()
                                .filter(path.getValue()::has)
                                .forEach(method ->
                                        each.accept(
                                                method.toUpperCase(Locale.ROOT)
                                                        + " "
                                                        + path.getKey(),
                                                path.getValue().path(method))));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                # Owlrun gateway

                > AI inference by the prompt, paid with Cashu ecash. No account is needed: the \
                header X-Cashu pays. OpenAI's and Ollama's APIs; the change comes back.

                ## Pay
                - Get ecash in sat or msat from the mint %s (any Cashu wallet, over Lightning).
                - Send it as `X-Cashu: cashuA...` or `cashuB...`. One token pays one request. What \
                is not used comes back in the header `X-Cashu-Change`, or in a stream as an \
                event with `type: "cashu_change"` after the first `[DONE]`: read on until then.
                - Lost an answer? `POST /v1/cashu/change` with the same token returns its outcome.
                - Without payment the answer is 401 with a payment request (NUT-18) in `X-Cashu`.
                - Or open an account (`POST /v1/beta/signup`), top it up, and send \
                `Authorization: Bearer owlr_buy_...`.

                ## Example
                ```
                curl $GATEWAY%s -H "X-Cashu: $TOKEN" -H 'Content-Type: application/json' \\
                  -d '{"model":"qwen2.5:0.5b","messages":[{"role":"user","content":"Hello"}]}'
                ```

                ## Endpoints
                """
                        .formatted(facts.mint(), PAID_PATH));
        eachEndpoint((name, operation) ->
                text.append("- `%s`: %s\n".formatted(name, operation.path("summary").asText(""))));
        text.append("\n## Limits\n");
        facts.limits().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(limit ->
                        text.append("- %s: %d\n".formatted(limit.getKey(), limit.getValue())));
        text.append(
                """

                ## More
                - [Every path, field and status](/openapi.json)
                - [The same as this page for programs](/.well-known/owlrun.json)
                - [Models and prices](/v1/models), [the rate of bills](/v1/oracle/rate)
                - Errors are `{"error": {"message", "type", "code", "param"}}`; `code` is stable. \
                As long as an answer does not say otherwise, the token is untouched.
                """);
        return text.toString();
    }
}
