package me.owlrun.agent.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the gateway last said about this node in a `heartbeat_ack`.
///
/// @param status the gateway's word for the node, such as `online`
/// @param jobsToday jobs settled since 00:00 UTC
/// @param tokensToday tokens of those jobs
/// @param earnedTodayUsd their worth in USD
/// @param balanceMsats what the gateway holds for this node's account, in millisats
/// @param queueDepthGlobal jobs waiting at the gateway
/// @param btcLiveUsd live price of one bitcoin in USD, if known
/// @param btcDailyAverageUsd the price jobs are billed at, if known
/// @param more what only newer gateways say
public record GatewayStats(
        String status,
        long jobsToday,
        long tokensToday,
        BigDecimal earnedTodayUsd,
        long balanceMsats,
        long queueDepthGlobal,
        Optional<BigDecimal> btcLiveUsd,
        Optional<BigDecimal> btcDailyAverageUsd,
        More more) {
    private static final long MSATS_PER_SAT = 1_000;
    private static final long SATS_MAX = 2_100_000_000_000_000L;

    static GatewayStats read(ObjectNode ack) {
        return new GatewayStats(
                ack.path("status").asText(""),
                count(ack, "jobs_today"),
                count(ack, "tokens_today"),
                decimal(ack, "earned_today_usd").orElse(BigDecimal.ZERO),
                msats(ack, "balance"),
                count(ack, "queue_depth_global"),
                decimal(ack, "btc_live_usd"),
                decimal(ack, "btc_daily_avg"),
                more(ack));
    }

    /// What only newer gateways say.
    ///
    /// @param earnedTodayMsats earned since 00:00 UTC
    /// @param earnedTotalMsats earned in all
    /// @param karmaScore free tokens served lately
    /// @param karmaTier `bronze` to `diamond`, or empty
    /// @param freeTierJobs free jobs served
    /// @param btcStatus how fresh the price is, or empty
    /// @param notices what the operator announces
    /// @param payouts the last payments to the owner
    public record More(
            long earnedTodayMsats,
            long earnedTotalMsats,
            long karmaScore,
            String karmaTier,
            long freeTierJobs,
            String btcStatus,
            List<Notice> notices,
            List<Payout> payouts) {}

    /// An announcement.
    public record Notice(String id, String title, String message, String severity) {}

    /// A payment to the owner.
    public record Payout(long msats, String paymentHash, String time) {}

    private static More more(ObjectNode ack) {
        List<Notice> notices = new ArrayList<>();
        for (JsonNode one : ack.path("broadcasts")) {
            notices.add(
                    new Notice(
                            one.path("id").asText(""),
                            one.path("title").asText(""),
                            one.path("message").asText(""),
                            one.path("severity").asText("info")));
        }
        List<Payout> payouts = new ArrayList<>();
        for (JsonNode one : ack.path("withdraw_history")) {
            if (one instanceof ObjectNode payout) {
                payouts.add(
                        new Payout(
                                msats(payout, "amount"),
                                one.path("payment_hash").asText(""),
                                one.path("timestamp").asText("")));
            }
        }
        return new More(
                msats(ack, "earned_today"),
                msats(ack, "earned_total"),
                count(ack, "karma_score"),
                ack.path("karma_tier").asText(""),
                count(ack, "free_tier_jobs"),
                ack.path("btc_price_status").asText(""),
                notices,
                payouts);
    }

    /// The exact `*_msats` field of protocol 2 if present, else the documented one in whole sats.
    private static long msats(ObjectNode ack, String name) {
        if (ack.path(name + "_msats").isIntegralNumber()) {
            return count(ack, name + "_msats");
        }
        return Math.min(SATS_MAX, count(ack, name + "_sats")) * MSATS_PER_SAT;
    }

    private static long count(ObjectNode ack, String name) {
        return Math.max(0, ack.path(name).asLong(0));
    }

    private static Optional<BigDecimal> decimal(ObjectNode ack, String name) {
        JsonNode value = ack.path(name);
        return value.isNumber() ? Optional.of(value.decimalValue()) : Optional.empty();
    }
}
