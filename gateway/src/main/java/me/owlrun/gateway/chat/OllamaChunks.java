package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.pay.Change;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Makes the lines of one answer in Ollama's form.
final class OllamaChunks {

    private final String model;
    private final boolean chat;
    private final Instant begun;
    private final long begunNanos = System.nanoTime();

    /// @param chat whether texts stand in `message`; else in `response`
    OllamaChunks(ReplyPlace place, String model, boolean chat) {
        this.model = model;
        this.chat = chat;
        this.begun = place.begun();
    }

    /// A line with text.
    ObjectNode text(String answer, String thinking) {
        ObjectNode line = head();
        ObjectNode place = line;
        if (chat) {
            place = line.putObject("message").put("role", "assistant").put("content", answer);
        } else {
            line.put("response", answer);
        }
        if (!thinking.isEmpty()) {
            place.put("thinking", thinking);
        }
        return line.put("done", false);
    }

    /// A line with calls of tools.
    ObjectNode toolCalls(List<AnswerParts.ToolCall> calls) {
        ObjectNode line = text("", "");
        if (line.path("message") instanceof ObjectNode message) {
            putCalls(message, calls);
        }
        return line;
    }

    /// Puts calls of tools into a message, their arguments as objects.
    static void putCalls(ObjectNode message, List<AnswerParts.ToolCall> calls) {
        ArrayNode made = message.putArray("tool_calls");
        for (AnswerParts.ToolCall call : calls) {
            made.addObject()
                    .put("id", call.id())
                    .putObject("function")
                    .put("name", call.name())
                    .set("arguments", arguments(call.arguments()));
        }
    }

    private static ObjectNode arguments(String text) {
        try {
            return Json.parseObject(text.isBlank() ? "{}" : text);
        } catch (InvalidJsonException e) {
            return Json.object().put("text", text);
        }
    }

    /// Makes a line the last one.
    ObjectNode finish(ObjectNode line, String reason, Optional<Bill> bill) {
        line.put("done", true);
        line.put("done_reason", reason.equals("length") ? "length" : "stop");
        long nanos = System.nanoTime() - begunNanos;
        line.put("total_duration", nanos);
        line.put("load_duration", 0);
        line.put("prompt_eval_count", bill.map(b -> b.usage().promptTokens()).orElse(0L));
        line.put("prompt_eval_duration", 0);
        line.put("eval_count", bill.map(b -> b.usage().completionTokens()).orElse(0L));
        line.put("eval_duration", nanos);
        bill.ifPresent(b -> line.put("cost_msats", b.cost().value()));
        return line;
    }

    /// A line with change; to clients that do not know it, one more piece of nothing.
    ObjectNode change(Change change) {
        ObjectNode line = text("", "");
        line.put("type", "cashu_change");
        line.setAll(change.toJson());
        return line;
    }

    private ObjectNode head() {
        ObjectNode line = Json.object();
        line.put("model", model);
        line.put("created_at", begun.truncatedTo(ChronoUnit.MILLIS).toString());
        return line;
    }
}
