package me.owlrun.gateway.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.meter.EarningStore.Earnings;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.Function;

/// Makes the messages to a node (seed 000, "Gateway → Node"; spec section 4). None is longer than
/// 30,000 bytes, because deployed nodes drop the connection beyond 32,768.
final class GatewayMessage {

    static final int MESSAGE_BYTES_MAX = 30_000;

    /// Characters of one text of a broadcast, or of a name in a history.
    private static final int TEXT_CHARS_MAX = 2_000;

    private static final BigDecimal MSAT_PER_BTC = BigDecimal.valueOf(100_000_000_000L);
    private static final int USD_DIGITS = 8;

    private GatewayMessage() {}

    /// Everything an acknowledgement tells a node about itself.
    ///
    /// @param status `online`, `maintenance` or `paused`
    /// @param today served and earned since midnight UTC
    /// @param total served and earned ever
    /// @param balance what the provider has not yet taken
    /// @param queueDepth jobs running on this gateway
    record Figures(
            String status,
            Earnings today,
            Earnings total,
            Msat balance,
            int queueDepth,
            BtcFigures btc,
            Karma.Standing karma,
            List<NodeNews.Broadcast> broadcasts,
            List<NodeNews.Withdrawal> withdrawals) {}

    /// @param units how the node reads fields that end in `_sats`
    static String heartbeatAck(Figures figures, Units units) {
        ObjectNode ack = message("heartbeat_ack");
        ack.put("status", units.status(figures.status));
        ack.put("jobs_today", figures.today.jobs());
        ack.put("tokens_today", figures.today.tokens());
        putDecimal(ack, "earned_today_usd", usd(figures.today.earned(), figures.btc.billing()));
        putAmount(ack, "earned_today", figures.today.earned(), units);
        putAmount(ack, "earned_total", figures.total.earned(), units);
        putAmount(ack, "balance", figures.balance, units);
        ack.put("queue_depth_global", figures.queueDepth);
        putDecimal(ack, "btc_live_usd", figures.btc.live().usd());
        putDecimal(ack, "btc_yesterday_fix", figures.btc.yesterdayFix().usd());
        putDecimal(ack, "btc_daily_avg", figures.btc.dailyAverage().usd());
        putDecimal(ack, "btc_weekly_avg", figures.btc.weeklyAverage().usd());
        ack.put("btc_price_status", figures.btc.status());
        ack.put("karma_score", figures.karma.score());
        ack.put("karma_tier", figures.karma.tier());
        ack.put("free_tier_jobs", figures.karma.freeTierJobs());
        ArrayNode broadcasts = ack.putArray("broadcasts");
        ArrayNode withdrawals = ack.putArray("withdraw_history");
        int left = MESSAGE_BYTES_MAX - Json.bytes(ack).length;
        left -= addUpTo(left / 2, broadcasts, figures.broadcasts, GatewayMessage::broadcast);
        var _ = addUpTo(left, withdrawals, figures.withdrawals, w -> withdrawal(w, units));
        return Json.text(ack);
    }

    /// Adds items as long as they fit; the bytes they take.
    private static <T> int addUpTo(
            int bytesMax, ArrayNode list, List<T> items, Function<T, ObjectNode> form) {
        int taken = 0;
        for (T item : items) {
            ObjectNode json = form.apply(item);
            int bytes = Json.bytes(json).length + 1;
            if (taken + bytes > bytesMax) {
                return taken;
            }
            list.add(json);
            taken += bytes;
        }
        return taken;
    }

    private static ObjectNode broadcast(NodeNews.Broadcast broadcast) {
        return Json.object()
                .put("id", cut(broadcast.id()))
                .put("title", cut(broadcast.title()))
                .put("message", cut(broadcast.message()))
                .put("severity", cut(broadcast.severity()))
                .put("created_at", broadcast.createdAt().toString());
    }

    private static ObjectNode withdrawal(NodeNews.Withdrawal withdrawal, Units units) {
        ObjectNode json = Json.object();
        putAmount(json, "amount", withdrawal.amount(), units);
        return json.put("payment_hash", cut(withdrawal.paymentHash()))
                .put("timestamp", withdrawal.at().toString());
    }

    private static String cut(String text) {
        if (text.length() <= TEXT_CHARS_MAX) {
            return text;
        }
        boolean splits = Character.isHighSurrogate(text.charAt(TEXT_CHARS_MAX - 1));
        return text.substring(0, splits ? TEXT_CHARS_MAX - 1 : TEXT_CHARS_MAX);
    }

    /// Writes a decimal with its digits as they are, as the seeds' examples do.
    private static void putDecimal(ObjectNode json, String name, BigDecimal number) {
        json.putRawValue(name, new RawValue(number.toPlainString()));
    }

    private static void putAmount(ObjectNode json, String name, Msat amount, Units units) {
        json.put(name + "_sats", units.of(amount));
        json.put(name + "_msats", amount.value());
    }

    static String job(Job job) {
        ObjectNode message = message("job");
        message.put("job_id", job.id());
        message.put("model", job.model());
        message.put("vram_required_mb", 0);
        message.put("buyer_region", "");
        message.put("free_tier", job.isFree());
        return Json.text(message);
    }

    static String jobComplete(JobReceipt receipt, BtcRate rate) {
        ObjectNode message = message("job_complete");
        message.put("job_id", receipt.jobId());
        message.put("model", receipt.model());
        message.put("tokens", receipt.tokens());
        message.put("earned_msats", receipt.earned().value());
        putDecimal(message, "earned_usd", usd(receipt.earned(), rate));
        return Json.text(message);
    }

    static String jobCancel(String jobId) {
        return Json.text(message("job_cancel").put("job_id", jobId));
    }

    /// @param reason why, or empty when it is over
    static String maintenance(String reason) {
        return Json.text(
                message("maintenance").put("on", !reason.isEmpty()).put("message", cut(reason)));
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
