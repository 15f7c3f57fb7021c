package me.owlrun.gateway.account;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.time.Instant;
import java.util.Optional;

/// One event of an account's history.
///
/// @param id the transfer in the ledger, which orders events
/// @param event what happened, such as `settle`, `topup` or `grant`
/// @param reference the payment, top-up or withdrawal
/// @param at when
/// @param satsMsat what pot `sats` got, or gave when negative
/// @param creditMsat what pot `credit` got
/// @param job what was served, if it was a job
record HistoryEntry(
        long id,
        String event,
        String reference,
        Instant at,
        long satsMsat,
        long creditMsat,
        Optional<Job> job) {

    /// A job, the same for who pays and who serves.
    record Job(String id, String model, long promptTokens, long completionTokens, long costMsat) {}

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("object", "account.event");
        json.put("id", Long.toString(id));
        json.put("event", event);
        json.put("reference", reference);
        json.put("created_at", at.getEpochSecond());
        json.put("amount_msats", Math.addExact(satsMsat, creditMsat));
        json.put("sats_pot_msats", satsMsat);
        json.put("credit_pot_msats", creditMsat);
        job.ifPresent(served -> {
            ObjectNode inner = json.putObject("job");
            inner.put("id", served.id);
            inner.put("model", served.model);
            inner.put("prompt_tokens", served.promptTokens);
            inner.put("completion_tokens", served.completionTokens);
            inner.put("cost_msats", served.costMsat);
        });
        return json;
    }
}
