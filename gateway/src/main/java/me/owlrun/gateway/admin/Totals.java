package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The ledger added up at one moment.
///
/// @param at the moment
/// @param sums what events moved on kinds of accounts
/// @param balances how the kinds of accounts stand
/// @param jobs jobs that were paid for
/// @param tokens tokens that were paid for
/// @param earnedMsat what providers got for them
/// @param freeJobs jobs that were given away
/// @param freeTokens tokens of their answers
public record Totals(
        Instant at,
        Map<Flow, Sum> sums,
        List<Balance> balances,
        long jobs,
        long tokens,
        long earnedMsat,
        long freeJobs,
        long freeTokens) {

    private static final String ESCROW = "job_escrow";
    private static final String SATS = "sats";

    /// What is the gateway's own although it may not go below zero.
    private static final Set<String> OWN =
            Set.of("fee", "fx", "credit_fee", "credit_fx", "bounty_pool", "credit_bounty_pool");

    /// What an event does to a kind of account.
    public record Flow(String event, String kind) implements Comparable<Flow> {
        @Override
        public int compareTo(Flow other) {
            return Comparator.comparing(Flow::event).thenComparing(Flow::kind).compare(this, other);
        }
    }

    /// How often, and how much in millisats.
    public record Sum(long transfers, long msat) {
        Sum plus(Sum other) {
            return new Sum(
                    Math.addExact(transfers, other.transfers), Math.addExact(msat, other.msat));
        }
    }

    /// How the accounts of a kind stand together.
    ///
    /// @param msat positive when we owe it, negative when we hold it
    /// @param floored whether it may not go below zero
    public record Balance(String kind, long msat, boolean floored) {}

    /// Whether what moved is what is there.
    boolean agrees() {
        Map<String, Long> moved = new HashMap<>();
        sums.forEach((flow, sum) -> moved.merge(flow.kind(), sum.msat(), Math::addExact));
        return balances.stream()
                .allMatch(balance -> moved.getOrDefault(balance.kind(), 0L) == balance.msat());
    }

    private long moved(String event, String kind) {
        return sums.entrySet().stream()
                .filter(flow -> flow.getKey().event().startsWith(event))
                .filter(flow -> flow.getKey().kind().equals(kind))
                .mapToLong(flow -> flow.getValue().msat())
                .reduce(0, Math::addExact);
    }

    private long balance(String kind) {
        return balances.stream()
                .filter(balance -> balance.kind().equals(kind))
                .mapToLong(Balance::msat)
                .reduce(0, Math::addExact);
    }

    /// As everybody may see it.
    ObjectNode toJson(Instant now) {
        ObjectNode json = Json.object();
        json.put("at", at.toString());
        json.put("age_seconds", now.getEpochSecond() - at.getEpochSecond());
        json.put("jobs", jobs);
        json.put("tokens", tokens);
        json.put("free_jobs", freeJobs);
        json.put("free_tokens", freeTokens);
        json.put("claimed_msats", moved("claim", ESCROW));
        json.put("refunded_msats", -moved("refund", ESCROW));
        json.put("held_msats", moved("hold", ESCROW));
        json.put("earned_by_providers_msats", earnedMsat);
        json.put("owed_to_accounts_msats", balance(SATS));
        json.put("fees_msats", moved("settle", "fee"));
        json.put("fx_msats", moved("settle", "fx"));
        ObjectNode liabilities = json.putObject("liabilities_msats");
        ObjectNode others = json.putObject("other_balances_msats");
        for (Balance balance : balances) {
            boolean liability = balance.floored() && !OWN.contains(balance.kind());
            (liability ? liabilities : others).put(balance.kind(), balance.msat());
        }
        ArrayNode flows = json.putArray("flows");
        sums.forEach((flow, sum) ->
                flows.addObject()
                        .put("event", flow.event())
                        .put("account", flow.kind())
                        .put("transfers", sum.transfers())
                        .put("msats", sum.msat()));
        return json;
    }
}
