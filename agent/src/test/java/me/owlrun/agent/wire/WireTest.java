package me.owlrun.agent.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The documents this agent writes and reads are the golden ones, field by field.
final class WireTest {
    private static final String JOB = "job_01J9ZQ3V";

    @Test
    void registration_ofTheSeedsNode_isTheGoldenDocument() {
        assertGolden("register-request", goldenRegistration().text());
    }

    @Test
    void registration_withNothingSet_leavesOptionalFieldsOut() {
        Registration bare =
                new Registration(
                        goldenRegistration().nodeId(),
                        goldenRegistration().key(),
                        new Registration.Hardware("CPU", "cpu", 0, 0, true),
                        List.of(new Registration.Model("m", OptionalInt.empty())),
                        new Registration.Terms("", "", "", 500, "", 0),
                        "mock",
                        "",
                        4,
                        "0.1.0");
        ObjectNode document = Json.readObject(bare.text()).orElseThrow();
        for (String name : List.of("region", "ollama_url", "referral_code", "context")) {
            assertFalse(document.has(name), name);
        }
    }

    @Test
    void outbound_everyMessage_isItsGoldenDocument() {
        assertGolden(
                "heartbeat",
                new Outbound.Heartbeat(12, 18000, 52, new BigDecimal("145.2"), 0, "earning")
                        .text());
        assertGolden(
                "heartbeat-draining",
                new Outbound.Heartbeat(97, 900, 71, new BigDecimal("310"), 1, "draining").text());
        assertGolden("accept", new Outbound.Accept(JOB).text());
        assertGolden("reject", new Outbound.Reject(JOB, "model_not_loaded").text());
        String event =
                "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                        + "\"model\":\"qwen2.5:0.5b\",\"choices\":[{\"index\":0,\"delta\":"
                        + "{\"content\":\"Grüß dich 🦉\"},\"finish_reason\":null}]}\n\n";
        assertGolden("proxy_chunk", new Outbound.ProxyChunk(JOB, event).text());
        assertGolden("proxy_done", new Outbound.ProxyDone(JOB).text());
        String why = "the engine's stream ended without [DONE]";
        assertGolden(
                "proxy_error", new Outbound.ProxyError(JOB, "engine_broken", why, true).text());
        assertGolden("pong", new Outbound.Pong().text());
    }

    @Test
    void inbound_everyGoldenMessage_isUnderstood() {
        assertEquals(new Inbound.Ping(), Inbound.read(golden("ping")));
        assertEquals(new Inbound.Drain(), Inbound.read(golden("drain")));
        assertEquals(new Inbound.JobCancel(JOB), Inbound.read(golden("job_cancel")));
        assertEquals(new Inbound.JobComplete(JOB, 36, 42), Inbound.read(golden("job_complete")));
        assertEquals(
                new Inbound.Job(JOB, "qwen2.5:0.5b", 0, "eu-west", false),
                Inbound.read(golden("job")));
    }

    @Test
    void heartbeatAck_ofTheSeed_countsWholeSats() {
        var ack = assertInstanceOf(Inbound.Ack.class, Inbound.read(golden("heartbeat_ack")));
        assertEquals(1_840_000, ack.stats().balanceMsats());
        assertEquals("online", ack.stats().status());
        assertEquals(14, ack.stats().jobsToday());
        assertEquals(52340, ack.stats().tokensToday());
        assertEquals(new BigDecimal("0.0031"), ack.stats().earnedTodayUsd());
        assertEquals(Optional.of(new BigDecimal("87420.50")), ack.stats().btcLiveUsd());
    }

    @Test
    void heartbeatAck_ofProtocol2_countsExactMillisats() {
        var ack =
                assertInstanceOf(
                        Inbound.Ack.class, Inbound.read(golden("heartbeat_ack-protocol2")));
        assertEquals(1_840_042, ack.stats().balanceMsats());
        assertEquals(2, ack.stats().queueDepthGlobal());
    }

    @Test
    void inbound_unknownType_isUnknownNotMalformed() {
        assertEquals(
                new Inbound.Unknown("maintenance"),
                Inbound.read("{\"type\":\"maintenance\",\"x\":1}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ping",
                "[]",
                "{}",
                "{\"type\":\"\"}",
                "{\"type\":\"job\"}",
                "{\"type\":\"job\",\"job_id\":\"a\"}",
                "{\"type\":\"job\",\"job_id\":\"../../secret\",\"model\":\"m\"}",
                "{\"type\":\"job\",\"job_id\":\"a/b\",\"model\":\"m\"}",
                "{\"type\":\"job\",\"job_id\":\"a b\",\"model\":\"m\"}",
                "{\"type\":\"job_cancel\",\"job_id\":\"a?b\"}",
                "{\"type\":\"job_complete\",\"job_id\":\"a\"}",
                "{\"type\":\"job_complete\",\"job_id\":\"a\",\"earned_msats\":-1}",
                "{\"type\":\"job_complete\",\"job_id\":\"a\",\"earned_msats\":1.5}",
                "{\"type\":\"job_complete\",\"job_id\":\"a\",\"earned_msats\":9999999999999999999}",
                "{\"type\":\"ping\",\"type\":\"drain\"}",
                "{\"type\":\"ping\"} {\"type\":\"drain\"}",
            })
    void inbound_badMessage_isMalformedAndNeverThrows(String text) {
        assertInstanceOf(Inbound.Malformed.class, Inbound.read(text));
    }

    @Test
    void secrets_printed_areMasked() {
        ProviderKey key = goldenRegistration().key();
        String printed =
                key
                        + " "
                        + goldenRegistration()
                        + new Gateway(URI.create("http://h"), URI.create("http://h"), key)
                        + new Outbound.ProxyChunk(JOB, "a secret answer");
        assertFalse(printed.contains(key.value()), printed);
        assertFalse(printed.contains("secret answer"), printed);
    }

    private static Registration goldenRegistration() {
        return new Registration(
                "5f0c7a52-52a1-4c0f-9a3c-0a6c1de7b0aa",
                new ProviderKey("owlr_prov_000102030405060708090a0b0c0d0e0f1011121314151617"),
                new Registration.Hardware("NVIDIA GeForce RTX 4090", "nvidia", 24576, 22000, true),
                List.of(
                        new Registration.Model("llama3.1:8b", OptionalInt.empty()),
                        new Registration.Model("qwen2.5:0.5b", OptionalInt.of(32768))),
                new Registration.Terms("us-east", "", "you@minibits.cash", 500, "owlr_ref_abc", 10),
                "ollama",
                "http://127.0.0.1:11434",
                1,
                "0.2.0");
    }

    private static void assertGolden(String name, String written) {
        assertEquals(
                Json.readObject(golden(name)).orElseThrow(),
                Json.readObject(written).orElseThrow(),
                name);
    }

    private static String golden(String name) {
        return Golden.text(name);
    }
}
