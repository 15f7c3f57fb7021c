package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.util.ArrayList;
import java.util.List;

/// A node whose every answer follows from the request: tools are called, JSON is written when it is
/// asked for, and `fail` fails.
final class ScriptedNode {

    static final String MODEL = "qwen2.5:0.5b";

    private static final int DIMENSIONS = 8;
    private static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":4}}";

    private ScriptedNode() {}

    static TestNode connect(String gatewayUrl) {
        return TestNode.connect(
                gatewayUrl, List.of(MODEL), TestNode.allTasks(), ScriptedNode::work);
    }

    private static void work(TestNode node, String job) {
        node.accept(job);
        ObjectNode request = node.fetch(job);
        if (request.has("messages")) {
            chat(request).forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
        } else if (request.has("prompt")) {
            for (String event :
                    List.of(
                            "{\"choices\":[{\"index\":0,\"text\":\"Hello, owl!\"}]}",
                            "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}",
                            USAGE,
                            "[DONE]")) {
                node.chunk(job, "data: " + event + "\n\n");
            }
        } else {
            node.chunk(job, embeddings(request.path("input")));
        }
        node.done(job);
    }

    private static List<String> chat(ObjectNode request) {
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        String said = last.path("content").asText(last.at("/content/0/text").asText(""));
        if (said.equals("fail")) {
            return List.of("{\"error\":{\"message\":\"as you wish\"}}");
        }
        if (request.has("tools")) {
            return events(toolCall(request.at("/tools/0/function/name").asText()), "tool_calls");
        }
        return request.has("response_format")
                ? events(texts("{\"city\":", "\"Bern\",", "\"degrees\":", "7}"), "stop")
                : events(texts("Hello", ", ", "owl", "! 🦉"), "stop");
    }

    private static List<String> texts(String... texts) {
        List<String> deltas = new ArrayList<>();
        for (String text : texts) {
            deltas.add(Json.text(Json.object().put("content", text)));
        }
        return deltas;
    }

    private static List<String> toolCall(String name) {
        return List.of(
                """
                {"tool_calls":[{"index":0,"id":"call_1","type":"function",\
                "function":{"name":"%s","arguments":""}}]}\
                """
                        .formatted(name),
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}",
                "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Bern\\\"}\"}}]}");
    }

    private static List<String> events(List<String> deltas, String reason) {
        List<String> events = new ArrayList<>();
        for (String delta : deltas) {
            events.add("{\"choices\":[{\"index\":0,\"delta\":%s}]}".formatted(delta));
        }
        events.add(
                "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}"
                        .formatted(reason));
        events.add(USAGE);
        events.add("[DONE]");
        return events;
    }

    private static String embeddings(JsonNode input) {
        ObjectNode answer = Json.object().put("object", "list");
        for (int index = 0; index < (input.isArray() ? input.size() : 1); index++) {
            ObjectNode entry = answer.withArray("data").addObject().put("index", index);
            for (int place = 0; place < DIMENSIONS; place++) {
                entry.withArray("embedding").add(place == index ? 0.5 : -0.25);
            }
        }
        answer.putObject("usage").put("prompt_tokens", 5).put("total_tokens", 5);
        return Json.text(answer);
    }
}
