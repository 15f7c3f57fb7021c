package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.Fields;
import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.outbound.AnswerTaker;
import me.owlrun.gateway.outbound.Fetched;
import me.owlrun.gateway.outbound.PublicCalls;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Asks a server whether it speaks OpenAI's API, takes the token and has the models: its list of
/// models first, as that costs nothing, and one token of answer where the list does not tell.
///
/// @param calls asks
/// @param askMax time for each question
record CloudProbe(PublicCalls calls, Duration askMax) {

    static final String CHAT = "/chat/completions";
    static final String COMPLETIONS = "/completions";
    static final String EMBEDDINGS = "/embeddings";

    private static final String MODELS = "/models";
    private static final int LIST_BYTES_MAX = 8_388_608;
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final Set<Integer> NO_LIST = Set.of(400, 404, 405, 501);

    /// What came, as far as it came.
    private static final class Collected implements AnswerTaker {

        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private int status;

        @Override
        public void sent() {}

        @Override
        public boolean begins(int answered, Optional<String> retryAfter) {
            status = answered;
            return answered == OK;
        }

        @Override
        public boolean piece(byte[] bytes) {
            body.writeBytes(bytes);
            return true;
        }
    }

    /// Why a node cannot be taken; empty when it can.
    Optional<ApiError> check(CloudNode node, Secret token) {
        Collected list = new Collected();
        Optional<Fetched.Failed> failed = ask(node, MODELS, Optional.empty(), token, list);
        if (failed.isPresent()) {
            return failed.map(CloudProbe::unreachable);
        }
        if (isRefusal(list.status)) {
            return Optional.of(tokenRefused(list.status));
        }
        if (list.status != OK && !NO_LIST.contains(list.status)) {
            return Optional.of(failed("answers %s with HTTP %d".formatted(MODELS, list.status)));
        }
        Set<String> known = list.status == OK ? ids(list.body.toByteArray()) : Set.of();
        Optional<String> unknown =
                node.models().stream()
                        .filter(model -> !known.contains(node.upstream().get(model)))
                        .findFirst();
        return unknown.flatMap(model -> tryOut(node, model, token));
    }

    /// Whether a harmless request is refused for the sake of the token.
    boolean isRefused(CloudNode node, Secret token) {
        Collected answer = new Collected();
        String model = node.models().getFirst();
        return ask(node, path(node), smallest(node, model), token, answer).isEmpty()
                && isRefusal(answer.status);
    }

    private Optional<ApiError> tryOut(CloudNode node, String model, Secret token) {
        Collected answer = new Collected();
        Optional<Fetched.Failed> failed =
                ask(node, path(node), smallest(node, model), token, answer);
        if (failed.isPresent()) {
            return failed.map(CloudProbe::unreachable);
        }
        if (isRefusal(answer.status)) {
            return Optional.of(tokenRefused(answer.status));
        }
        return answer.status == OK
                ? Optional.empty()
                : Optional.of(
                        failed(
                                "does not list the model '%s' and answers a request for it with"
                                                .formatted(node.upstream().get(model))
                                        + " HTTP "
                                        + answer.status));
    }

    private Optional<Fetched.Failed> ask(
            CloudNode node, String path, Optional<String> json, Secret token, Collected answer) {
        return calls.ask(
                new PublicCalls.Question(node.at(path), token, json),
                LIST_BYTES_MAX,
                askMax,
                answer);
    }

    private static String path(CloudNode node) {
        if (node.tasks().contains(Task.CHAT)) {
            return CHAT;
        }
        return node.tasks().contains(Task.COMPLETION) ? COMPLETIONS : EMBEDDINGS;
    }

    private static Optional<String> smallest(CloudNode node, String model) {
        ObjectNode request = Json.object();
        request.put("model", node.upstream().get(model));
        switch (path(node)) {
            case CHAT -> {
                request.putArray("messages").addObject().put("role", "user").put("content", "Hi");
                request.put("max_tokens", 1);
            }
            case COMPLETIONS -> request.put("prompt", "Hi").put("max_tokens", 1);
            default -> request.put("input", "Hi");
        }
        return Optional.of(Json.text(request));
    }

    private static Set<String> ids(byte[] list) {
        Set<String> ids = new HashSet<>();
        try {
            for (JsonNode model : Json.parseObject(list).path("data")) {
                ids.add(model.path("id").asText());
            }
        } catch (InvalidJsonException e) {
            return Set.of();
        }
        return ids;
    }

    private static boolean isRefusal(int status) {
        return status == UNAUTHORIZED || status == FORBIDDEN;
    }

    private static ApiError unreachable(Fetched.Failed failed) {
        return failed.fault() == Fetched.Fault.FORBIDDEN
                ? Fields.wrongField("base_url", "where a public server is: " + failed.detail())
                : ApiError.of(
                        ErrorCode.CLOUD_CHECK_FAILED,
                        "The provider's server cannot be asked: %s.".formatted(failed.detail()),
                        "base_url");
    }

    private static ApiError tokenRefused(int status) {
        return ApiError.of(
                ErrorCode.CLOUD_CHECK_FAILED,
                "The provider's server refuses the token (HTTP %d).".formatted(status),
                "api_token");
    }

    private static ApiError failed(String what) {
        return ApiError.of(
                ErrorCode.CLOUD_CHECK_FAILED,
                "The provider's server %s; is base_url where its API begins, as in".formatted(what)
                        + " https://api.example.com/v1?",
                "base_url");
    }
}
