package me.owlrun.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import me.owlrun.json.Json;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/// An OpenAI-compatible engine whose every answer follows from the request: tools are called, JSON
/// is written when it is asked for, and `fail` fails.
final class ScriptedEngine implements AutoCloseable {

    static final String MODEL = "qwen2.5:0.5b";
    private static final int DIMENSIONS = 8;

    private final HttpServer server;

    ScriptedEngine() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/models", ScriptedEngine::models);
        server.createContext("/v1/chat/completions", ScriptedEngine::chat);
        server.createContext("/v1/completions", ScriptedEngine::complete);
        server.createContext("/v1/embeddings", ScriptedEngine::embed);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void models(HttpExchange exchange) throws IOException {
        send(exchange, "{\"object\":\"list\",\"data\":[{\"id\":\"%s\"}]}".formatted(MODEL));
    }

    private static void chat(HttpExchange exchange) throws IOException {
        ObjectNode request = Json.parseObject(exchange.getRequestBody().readAllBytes());
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        String said = last.path("content").asText(last.at("/content/0/text").asText(""));
        if (said.equals("fail")) {
            exchange.sendResponseHeaders(500, -1);
            return;
        }
        boolean wantsTool = request.has("tools") && !last.path("role").asText().equals("tool");
        if (wantsTool) {
            events(exchange, toolCall(request), "tool_calls");
        } else if (request.has("response_format")) {
            events(exchange, texts("{\"city\":", "\"Bern\",", "\"degrees\":", "7}"), "stop");
        } else {
            events(exchange, texts("Hello", ", ", "owl", "! 🦉"), "stop");
        }
    }

    private static List<String> texts(String... texts) {
        List<String> deltas = new ArrayList<>();
        for (String text : texts) {
            deltas.add(Json.text(Json.object().put("content", text)));
        }
        return deltas;
    }

    private static List<String> toolCall(ObjectNode request) {
        String name = request.at("/tools/0/function/name").asText();
        return List.of(
                """
                {"tool_calls":[{"index":0,"id":"call_1","type":"function",\
                "function":{"name":"%s","arguments":""}}]}\
                """
                        .formatted(name),
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}",
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Bern\\\"}\"}}]}");
    }

    private static void complete(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        begin(exchange);
        try (OutputStream out = exchange.getResponseBody()) {
            event(out, "{\"choices\":[{\"index\":0,\"text\":\"Hello, owl!\"}]}");
            event(out, "{\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}");
            event(out, usage());
            event(out, "[DONE]");
        }
    }

    private static void embed(HttpExchange exchange) throws IOException {
        ObjectNode request = Json.parseObject(exchange.getRequestBody().readAllBytes());
        JsonNode input = request.path("input");
        ObjectNode answer = Json.object().put("object", "list");
        for (int index = 0; index < (input.isArray() ? input.size() : 1); index++) {
            ObjectNode entry = answer.withArray("data").addObject().put("index", index);
            for (int place = 0; place < DIMENSIONS; place++) {
                entry.withArray("embedding").add(place == index ? 0.5 : -0.25);
            }
        }
        answer.putObject("usage").put("prompt_tokens", 5).put("total_tokens", 5);
        send(exchange, Json.text(answer));
    }

    private static void events(HttpExchange exchange, List<String> deltas, String reason)
            throws IOException {
        begin(exchange);
        try (OutputStream out = exchange.getResponseBody()) {
            for (String delta : deltas) {
                event(out, "{\"choices\":[{\"index\":0,\"delta\":%s}]}".formatted(delta));
            }
            event(
                    out,
                    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}"
                            .formatted(reason));
            event(out, usage());
            event(out, "[DONE]");
        }
    }

    private static String usage() {
        return "{\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":4}}";
    }

    private static void begin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void send(HttpExchange exchange, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
