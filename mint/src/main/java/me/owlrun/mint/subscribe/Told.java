package me.owlrun.mint.subscribe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

/// The messages to wallets, as JSON-RPC.
final class Told {

    private Told() {}

    static String ok(JsonNode id, String subId) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0");
        message.putObject("result").put("status", "OK").put("subId", subId);
        return Json.text(message.set("id", id));
    }

    static String error(Heard.Wrong wrong) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0");
        message.putObject("error").put("code", wrong.code()).put("message", wrong.message());
        return Json.text(message.set("id", wrong.id()));
    }

    static String state(String subId, ObjectNode payload) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", "subscribe");
        message.putObject("params").put("subId", subId).set("payload", payload);
        return Json.text(message);
    }
}
