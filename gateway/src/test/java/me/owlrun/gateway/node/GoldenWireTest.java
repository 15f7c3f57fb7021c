package me.owlrun.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.NodeVitals;
import me.owlrun.gateway.meter.EarningStore.Earnings;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The wire is a document: what nodes send is understood, and what we send has the fields and types
/// of the golden files that the agent's tests read too.
final class GoldenWireTest {

    private static final Path WIRE =
            Path.of(System.getProperty("owlrun.root"), "agent", "src", "test", "resources", "wire");
    private static final String JOB_ID = "job_01J9ZQ3V";
    private static final BtcRate RATE = BtcRate.ofUsd("87200.00");

    private static ObjectNode golden(String name) throws IOException {
        return Json.parseObject(Files.readAllBytes(WIRE.resolve(name + ".json")));
    }

    private static NodeMessage read(String name) throws IOException {
        return NodeMessage.read(Json.text(golden(name)));
    }

    @Test
    void nodeMessages_golden_areUnderstood() throws IOException {
        assertEquals(
                new NodeMessage.Heartbeat(new NodeVitals(12, 18_000, 52, 145_200, 0, "earning")),
                read("heartbeat"));
        assertEquals(
                new NodeMessage.Heartbeat(new NodeVitals(97, 900, 71, 310_000, 1, "draining")),
                read("heartbeat-draining"));
        assertEquals(new NodeMessage.Accept(JOB_ID), read("accept"));
        assertEquals(new NodeMessage.Reject(JOB_ID, "model_not_loaded"), read("reject"));
        assertEquals(
                new NodeMessage.ProxyChunk(JOB_ID, golden("proxy_chunk").path("data").asText()),
                read("proxy_chunk"));
        assertEquals(new NodeMessage.ProxyDone(JOB_ID), read("proxy_done"));
        assertEquals(
                new NodeMessage.ProxyError(JOB_ID, "engine_broken", true), read("proxy_error"));
        assertEquals(new NodeMessage.Pong(), read("pong"));
    }

    @Test
    void registration_golden_isUnderstood() throws IOException {
        Registration registration =
                assertInstanceOf(
                                Registration.Reading.Fine.class,
                                Registration.read(golden("register-request")))
                        .registration();
        assertEquals("5f0c7a52-52a1-4c0f-9a3c-0a6c1de7b0aa", registration.nodeId());
        assertEquals(List.of("llama3.1:8b", "qwen2.5:0.5b"), registration.models());
        assertEquals(1, registration.capacity());
    }

    @ParameterizedTest
    @CsvSource({
        "heartbeat_ack-protocol2",
        "job_complete",
        "job_cancel",
        "drain",
        "ping",
    })
    void gatewayMessages_fieldsAndTypes_areTheGoldenOnes(String name) throws IOException {
        assertEquals(shape(golden(name)), shape(Json.parseObject(sent(name))));
    }

    @Test
    void heartbeatAck_hasEveryFieldOfTheSeed() throws IOException {
        Map<String, JsonNodeType> ours = shape(Json.parseObject(sent("heartbeat_ack-protocol2")));
        shape(golden("heartbeat_ack"))
                .forEach((field, type) -> assertEquals(type, ours.get(field), field));
    }

    private static String sent(String name) {
        Earnings earnings = new Earnings(14, 52_340, Msat.of(3_555));
        return switch (name) {
            case "heartbeat_ack-protocol2" ->
                    GatewayMessage.heartbeatAck(
                            new GatewayMessage.Figures(
                                    "online",
                                    earnings,
                                    earnings,
                                    Msat.of(1_840_042),
                                    2,
                                    new BtcFigures(RATE, RATE, RATE, RATE, RATE, "manual"),
                                    new Karma.Standing(12, "bronze", 1),
                                    List.of(),
                                    List.of()),
                            Units.SEED);
            case "job_complete" ->
                    GatewayMessage.jobComplete(
                            new JobReceipt(JOB_ID, "qwen2.5:0.5b", 36, Msat.of(42)), RATE);
            case "job_cancel" -> GatewayMessage.jobCancel(JOB_ID);
            case "drain" -> GatewayMessage.drain();
            case "ping" -> GatewayMessage.ping();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Map<String, JsonNodeType> shape(JsonNode message) {
        Map<String, JsonNodeType> shape = new TreeMap<>();
        message.properties()
                .forEach(field -> shape.put(field.getKey(), field.getValue().getNodeType()));
        return shape;
    }
}
