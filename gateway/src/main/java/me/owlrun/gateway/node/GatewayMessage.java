package me.owlrun.gateway.node;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.meter.EarningStore.Earnings;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Makes the messages to a node (seed 000, "Gateway → Node"; spec section 4). None is longer than
/// 30,000 bytes, because deployed nodes drop the connection beyond 32,768.
final class GatewayMessage {

    private static final BigDecimal MSAT_PER_BTC = BigDecimal.valueOf(100_000_000_000L);
    private static final int USD_DIGITS = 8;

    private GatewayMessage() {}

    /// Everything an acknowledgement tells a node about itself.
    ///
    /// @param today served and earned since midnight UTC
    /// @param total served and earned ever
    /// @param balance what the provider has not yet taken
    /// @param queueDepth jobs running on this gateway
    /// @param rate the billing rate
    /// @param rateStatus how much it can be trusted
    record Figures(
            Earnings today,
            Earnings total,
            Msat balance,
            int queueDepth,
            BtcRate rate,
            String rateStatus) {}

    static String heartbeatAck(Figures figures) {
        ObjectNode ack = message("heartbeat_ack");
        ack.put("status", "online");
        ack.put("jobs_today", figures.today.jobs());
        ack.put("tokens_today", figures.today.tokens());
        ack.put("earned_today_usd", usd(figures.today.earned(), figures.rate));
        putAmount(ack, "earned_today", figures.today.earned());
        putAmount(ack, "earned_total", figures.total.earned());
        putAmount(ack, "balance", figures.balance);
        ack.put("queue_depth_global", figures.queueDepth);
        ack.put("btc_live_usd", figures.rate.usd());
        ack.put("btc_yesterday_fix", figures.rate.usd());
        ack.put("btc_daily_avg", figures.rate.usd());
        ack.put("btc_weekly_avg", figures.rate.usd());
        ack.put("btc_price_status", figures.rateStatus);
        ack.put("karma_score", 0);
        ack.put("karma_tier", "bronze");
        ack.put("free_tier_jobs", 0);
        ack.putArray("broadcasts");
        ack.putArray("withdraw_history");
        return Json.text(ack);
    }

    private static void putAmount(ObjectNode ack, String name, Msat amount) {
        ack.put(name + "_sats", amount.floorSat());
        ack.put(name + "_msats", amount.value());
    }

    static String job(Job job) {
        ObjectNode message = message("job");
        message.put("job_id", job.id());
        message.put("model", job.model());
        message.put("vram_required_mb", 0);
        message.put("buyer_region", "");
        message.put("free_tier", false);
        return Json.text(message);
    }

    static String jobComplete(JobReceipt receipt, BtcRate rate) {
        ObjectNode message = message("job_complete");
        message.put("job_id", receipt.jobId());
        message.put("model", receipt.model());
        message.put("tokens", receipt.tokens());
        message.put("earned_msats", receipt.earned().value());
        message.put("earned_usd", usd(receipt.earned(), rate));
        return Json.text(message);
    }

    static String jobCancel(String jobId) {
        return Json.text(message("job_cancel").put("job_id", jobId));
    }

    static String drain() {
        return Json.text(message("drain"));
    }

    static String ping() {
        return Json.text(message("ping"));
    }

    private static ObjectNode message(String type) {
        return Json.object().put("type", type);
    }

    /// An amount in USD for display, rounded down to 10⁻⁸.
    static BigDecimal usd(Msat amount, BtcRate rate) {
        return BigDecimal.valueOf(amount.value())
                .multiply(rate.usd())
                .divide(MSAT_PER_BTC, USD_DIGITS, RoundingMode.DOWN);
    }
}
