package me.owlrun.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.NodeVitals;
import me.owlrun.gateway.meter.EarningStore.Earnings;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/// Messages of nodes within and out of bounds, and ours within their limits.
final class NodeWireTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final BtcRate RATE = BtcRate.ofUsd("87200.00");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {}                                             | 0   | 0    | 0 | 0      | 0
                    {"gpu_util_pct":7,"temp_c":-3,"power_w":1.2}   | 7   | 0    | -3 | 1200  | 0
                    {"gpu_util_pct":1000,"vram_free_mb":5}         | 100 | 5    | 0 | 0      | 0
                    {"queue_depth":-4,"gpu_util_pct":1e9}          | 100 | 0    | 0 | 0      | 0
                    {"gpu_util_pct":1e999999999,"power_w":1e-99}   | 0   | 0    | 0 | 0      | 0
                    {"gpu_util_pct":"7","temp_c":null}             | 0   | 0    | 0 | 0      | 0
                    """)
    void heartbeat_numbers_areBroughtWithinBounds(
            String fields, int util, int vram, int temp, int power, int queue) {
        ObjectNode message = Json.parseObject(fields).put("type", "heartbeat");
        assertEquals(
                new NodeMessage.Heartbeat(
                        new NodeVitals(util, vram, temp, power, queue, "earning")),
                NodeMessage.read(Json.text(message)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"later\"}",
                "{\"type\":\"accept\",\"type\":\"accept\"}",
                "{\"type\":\"accept\"} x",
                "\u0000",
            })
    void message_unknownOrUnreadable_isIgnored(String text) {
        assertEquals(new NodeMessage.Ignored(), NodeMessage.read(text));
    }

    @Test
    void message_nestedAMillionDeep_isIgnored() {
        assertEquals(new NodeMessage.Ignored(), NodeMessage.read("[".repeat(1_000_000)));
    }

    @Test
    void resume_ofManyJobs_isBounded() {
        ObjectNode message = Json.object().put("type", "resume");
        for (int i = 0; i < 1_000; i++) {
            message.withArray("jobs").add("job_" + i);
        }
        NodeMessage.Resume resume =
                assertInstanceOf(NodeMessage.Resume.class, NodeMessage.read(Json.text(message)));
        assertEquals(Registration.CAPACITY_MAX, resume.jobIds().size());
    }

    private static GatewayMessage.Figures figures(int broadcasts, int withdrawals, String text) {
        Earnings earnings =
                new Earnings(Long.MAX_VALUE, Long.MAX_VALUE, Msat.of(2_100_000_000_000_000_000L));
        NodeNews.Broadcast broadcast = new NodeNews.Broadcast(text, text, text, text, NOW);
        NodeNews.Withdrawal withdrawal =
                new NodeNews.Withdrawal(Msat.of(1_500_042), "ab".repeat(32), NOW);
        return new GatewayMessage.Figures(
                "online",
                earnings,
                earnings,
                Msat.of(1_840_042),
                7,
                new BtcFigures(RATE, RATE, RATE, RATE, RATE, "normal"),
                new Karma.Standing(12, "gold", 3),
                Collections.nCopies(broadcasts, broadcast),
                Collections.nCopies(withdrawals, withdrawal));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "3,3", "10000,10000", "0,100000", "100000,0"})
    void heartbeatAck_whateverTheHistory_staysUnder30000Bytes(int broadcasts, int withdrawals) {
        for (String text : List.of("x", "ü🦉\u0001\"".repeat(3_000), "")) {
            String ack =
                    GatewayMessage.heartbeatAck(
                            figures(broadcasts, withdrawals, text), Units.GO_CLIENT);
            assertTrue(
                    ack.getBytes(StandardCharsets.UTF_8).length
                            <= GatewayMessage.MESSAGE_BYTES_MAX);
            JsonNode read = Json.parse(ack);
            assertEquals(withdrawals > 0, !read.path("withdraw_history").isEmpty());
            assertTrue(read.path("withdraw_history").size() <= withdrawals);
        }
    }

    @Test
    void heartbeatAck_forTheFirstClient_saysMillisatsWhereItReadsThem() {
        JsonNode seed = Json.parse(GatewayMessage.heartbeatAck(figures(1, 1, "a"), Units.SEED));
        JsonNode old = Json.parse(GatewayMessage.heartbeatAck(figures(1, 1, "a"), Units.GO_CLIENT));
        assertEquals(1_840, seed.path("balance_sats").asLong());
        assertEquals(1_840_042, seed.path("balance_msats").asLong());
        assertEquals(1_840_042, old.path("balance_sats").asLong());
        assertEquals(1_500, seed.at("/withdraw_history/0/amount_sats").asLong());
        assertEquals(1_500_042, old.at("/withdraw_history/0/amount_sats").asLong());
        assertEquals("2026-11-21T12:00:00Z", old.at("/withdraw_history/0/timestamp").asText());
        assertEquals("online", seed.path("status").asText());
        assertEquals("registered", old.path("status").asText());
        assertEquals("a", seed.at("/broadcasts/0/title").asText());
    }

    @Test
    void registration_redeemThreshold_isBroughtWithinBounds() {
        for (int[] pair : new int[][] {{0, 100}, {50, 100}, {750, 750}, {5_000, 1_000}}) {
            ObjectNode body = minimal();
            body.put("redeem_threshold_sats", pair[0]);
            assertEquals(pair[1], read(body).redeemThresholdSats());
        }
        assertEquals(500, read(minimal()).redeemThresholdSats());
    }

    @Test
    void registration_numbersByModel_keepsThoseOfItsModels() {
        ObjectNode body = minimal();
        body.putObject("context").put("a:1b", 8_192).put("other", 5);
        body.putObject("tok_s").put("a:1b", 41.7);
        Registration registration = read(body);
        assertEquals(8_192, registration.contextTokens().get("a:1b"));
        assertEquals(1, registration.contextTokens().size());
        assertEquals(41, registration.tokensPerSecond().get("a:1b"));
        assertEquals(Units.SEED, registration.units());
    }

    @Test
    void registration_withTheKeyInItsBodyAndNoProtocol_isTheFirstClient() {
        assertEquals(Units.GO_CLIENT, read(minimal().put("api_key", "owlr_prov_x")).units());
        assertEquals(
                Units.SEED,
                read(minimal().put("api_key", "owlr_prov_x").put("protocol", 2)).units());
    }

    private static ObjectNode minimal() {
        ObjectNode body = Json.object();
        body.put("node_id", "n").put("gpu", "").put("gpu_vendor", "none");
        body.put("vram_total_mb", 0).put("vram_free_mb", 0).putArray("models").add("a:1b");
        return body;
    }

    private static Registration read(ObjectNode body) {
        return assertInstanceOf(Registration.Reading.Fine.class, Registration.read(body))
                .registration();
    }
}
