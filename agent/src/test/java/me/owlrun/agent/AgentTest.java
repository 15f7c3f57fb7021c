package me.owlrun.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.link.LinkTiming;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.Golden;
import me.owlrun.agent.wire.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A whole node with the mock engine against a gateway on real sockets.
final class AgentTest {
    private static final String KEY = "owlr_prov_000102030405060708090a0b0c0d0e0f1011121314151617";
    private static final String MODEL = "qwen2.5:0.5b";
    static final LinkTiming QUICK =
            new LinkTiming(
                    Duration.ofMillis(250),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(20),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(400));

    @TempDir private Path folder;
    private final HttpClient client = HttpClient.newHttpClient();
    private FakeGateway gateway;

    @BeforeEach
    void startGateway() {
        gateway = FakeGateway.start(KEY);
    }

    @AfterEach
    void stopGateway() {
        gateway.close();
        client.close();
    }

    @Test
    void start_atAGateway_registersConnectsAndBeats() throws Exception {
        try (Agent agent = start("ws", "")) {
            ObjectNode registration = gateway.awaitRegistration();
            assertEquals(KEY, registration.path("api_key").asText());
            assertEquals("cpu", registration.path("gpu_vendor").asText());
            assertEquals(MODEL, registration.path("models").path(0).asText());
            assertEquals(2, registration.path("protocol").asInt());
            assertEquals(4, registration.path("capacity").asInt());
            assertEquals("mock", registration.path("engine").asText());
            assertEquals(32768, registration.path("context").path(MODEL).asInt());
            assertEquals(Build.current().version(), registration.path("version").asText());
            gateway.awaitNode();
            ObjectNode beat = gateway.awaitMessage("heartbeat");
            assertEquals("earning", beat.path("earning_state").asText());
            gateway.awaitMessage("heartbeat");
            JsonNode status =
                    awaitStatus(agent, now -> now.at("/gateway/balance_msats").isNumber());
            assertEquals("earning", status.path("state").asText());
            assertEquals(1_840_042, status.at("/gateway/balance_msats").asLong());
            assertTrue(status.at("/gateway/connected").asBoolean());
            assertEquals("owlr_prov_0001…", status.path("provider_key").asText());
            assertFalse(status.toString().contains(KEY));
        }
    }

    @Test
    void job_answeredOverTheChannel_isWholeAndBooked() throws Exception {
        try (Agent agent = start("ws", "")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-1", "Grüß dich 🦉");
            node.offer("job-1", MODEL);
            assertEquals("job-1", gateway.awaitMessage("accept").path("job_id").asText());
            FakeGateway.Answered answer = gateway.awaitAnswer("job-1");
            assertEquals("proxy_done", answer.last().path("type").asText());
            assertTrue(answer.data().contains("🦉"), answer::data);
            assertTrue(answer.data().contains("\"usage\""), answer::data);
            assertTrue(answer.data().endsWith("data: [DONE]\n\n"), answer::data);
            String complete = Golden.text("job_complete").replace("job_01J9ZQ3V", "job-1");
            node.send(complete);
            node.send(complete);
            JsonNode status = awaitStatus(agent, now -> now.at("/earnings/jobs").asInt() > 0);
            assertEquals(42, status.at("/earnings/total_msats").asInt());
            assertEquals("0.042", status.at("/earnings/total_sats").asText());
            assertEquals(1, status.at("/jobs/served").asInt());
        }
    }

    @Test
    void job_answeredByPost_isWholeAndInOneRequest() throws Exception {
        try (Agent _ = start("http", "")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-2", "count to 300");
            node.offer("job-2", MODEL);
            FakeGateway.Posted post = gateway.awaitPost();
            assertEquals("job-2", post.jobId());
            assertEquals("application/octet-stream", post.type());
            assertTrue(post.whole());
            assertTrue(post.data().contains("\" 300\""), post::data);
            assertTrue(post.data().endsWith("data: [DONE]\n\n"), post::data);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "http"})
    void job_theEngineRefuses_isAProxyErrorOnTheChannel(String way) throws Exception {
        try (Agent _ = start(way, "")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-3", "mock: fail");
            node.offer("job-3", MODEL);
            ObjectNode error = gateway.awaitAnswer("job-3").last();
            assertEquals("proxy_error", error.path("type").asText());
            assertEquals("engine_error", error.path("code").asText());
            assertTrue(error.path("retryable").asBoolean());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "http"})
    void job_theEngineBreaksOff_isNeverTakenForWhole(String way) throws Exception {
        try (Agent _ = start(way, "mock_token_millis = 30")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-4", "mock: break after 20");
            node.offer("job-4", MODEL);
            ObjectNode error = gateway.awaitAnswer("job-4").last();
            assertEquals("engine_broken", error.path("code").asText());
            if (way.equals("http")) {
                assertFalse(gateway.awaitPost().whole(), "the request must not end in good order");
            }
        }
    }

    @Test
    void job_cancelledWhilePosting_breaksTheRequestOff() throws Exception {
        try (Agent agent = start("http", "mock_token_millis = 20")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-17", "count to 9999");
            node.offer("job-17", MODEL);
            gateway.awaitPosting();
            node.send("{\"type\":\"job_cancel\",\"job_id\":\"job-17\"}");
            assertFalse(gateway.awaitPost().whole(), "the request must not end in good order");
            awaitStatus(agent, now -> now.at("/jobs/stopped").asInt() == 1);
        }
    }

    @Test
    void job_withoutARequest_isFetchFailed() throws Exception {
        try (Agent _ = start("ws", "")) {
            gateway.awaitNode().offer("job-5", MODEL);
            assertEquals("fetch_failed", gateway.awaitAnswer("job-5").last().path("code").asText());
        }
    }

    @Test
    void job_withAnUnreadableRequest_isBadRequest() throws Exception {
        try (Agent _ = start("ws", "")) {
            gateway.requests.put("job-6", "{\"model\":\"m\"");
            gateway.awaitNode().offer("job-6", MODEL);
            ObjectNode error = gateway.awaitAnswer("job-6").last();
            assertEquals("bad_request", error.path("code").asText());
            assertFalse(error.path("retryable").asBoolean());
        }
    }

    @Test
    void job_forAnUnknownModelOrAFullNode_isRejected() throws Exception {
        try (Agent _ = start("ws", "capacity = 1\nmock_token_millis = 5000")) {
            FakeGateway.Node node = gateway.awaitNode();
            node.offer("job-7", "gpt-oss:120b");
            ObjectNode reject = gateway.awaitMessage("reject");
            assertEquals("job-7", reject.path("job_id").asText());
            assertEquals("model_not_loaded", reject.path("reason").asText());
            ask("job-8", "count to 9");
            node.offer("job-8", MODEL);
            gateway.awaitMessage("accept");
            node.offer("job-9", MODEL);
            assertEquals("busy", gateway.awaitMessage("reject").path("reason").asText());
            node.send("{\"type\":\"job_cancel\",\"job_id\":\"job-8\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "http"})
    void job_offeredWhenTheLastOneIsAnswered_isNeverRejectedAsBusy(String way) throws Exception {
        try (Agent _ = start(way, "capacity = 1")) {
            FakeGateway.Node node = gateway.awaitNode();
            for (int number = 0; number < 100; number++) {
                String jobId = "job-in-a-row-" + number;
                ask(jobId, "count to 2");
                node.offer(jobId, MODEL);
                if (way.equals("ws")) {
                    gateway.awaitAnswer(jobId);
                } else {
                    assertEquals(jobId, gateway.awaitPost().jobId());
                }
            }
        }
    }

    @Test
    void job_cancelled_stopsAndMakesRoom() throws Exception {
        try (Agent agent = start("ws", "capacity = 1\nmock_token_millis = 5000")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-10", "count to 9");
            node.offer("job-10", MODEL);
            gateway.awaitMessage("proxy_chunk");
            node.send("{\"type\":\"job_cancel\",\"job_id\":\"job-10\"}");
            JsonNode status = awaitStatus(agent, now -> now.at("/jobs/stopped").asInt() == 1);
            assertEquals(0, status.at("/jobs/running").asInt());
            ask("job-11", "mock: fail");
            node.offer("job-11", MODEL);
            gateway.awaitAnswer("job-11");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "http"})
    void channel_dropped_stopsItsJobsAndComesBack(String way) throws Exception {
        try (Agent agent = start(way, "mock_token_millis = 5000")) {
            FakeGateway.Node first = gateway.awaitNode();
            gateway.awaitRegistration();
            ask("job-12", "count to 9");
            first.offer("job-12", MODEL);
            gateway.awaitMessage("accept");
            first.drop();
            gateway.awaitRegistration();
            FakeGateway.Node second = gateway.awaitNode();
            awaitStatus(agent, now -> now.at("/jobs/stopped").asInt() == 1);
            ask("job-13", "mock: fail");
            second.offer("job-13", MODEL);
            assertEquals("job-13", gateway.awaitAnswer("job-13").last().path("job_id").asText());
        }
    }

    @Test
    void gateway_refusingTheKey_isAProblemUntilItAccepts() throws Exception {
        gateway.registerStatus = 401;
        try (Agent agent = start("ws", "")) {
            JsonNode status =
                    awaitStatus(agent, now -> now.path("problems").toString().contains("key_"));
            assertEquals("key_refused", status.at("/problems/0/code").asText());
            assertTrue(status.at("/problems/0/fix").asText().contains("[account] api_key"));
            gateway.registerStatus = 200;
            gateway.awaitNode();
            awaitStatus(agent, now -> now.path("problems").isEmpty());
        }
    }

    @Test
    void gateway_thatFallsSilent_isLeftAndTriedAgain() throws Exception {
        gateway.acknowledges = false;
        gateway.answersPings = false;
        try (Agent _ = start("ws", "")) {
            gateway.awaitNode();
            gateway.awaitNode();
        }
    }

    @Test
    void gateway_sendingStrangeMessages_isNotAProblem() throws Exception {
        try (Agent _ = start("ws", "")) {
            FakeGateway.Node node = gateway.awaitNode();
            node.send("no json");
            node.send("{\"type\":\"maintenance\",\"until\":1}");
            node.send("{\"type\":\"job\",\"job_id\":\"../x\",\"model\":\"" + MODEL + "\"}");
            node.send(Golden.text("ping"));
            gateway.awaitMessage("pong");
            assertEquals(0, gateway.nodes.size());
        }
    }

    @Test
    void gateway_sendingAGiantMessage_isLeft() throws Exception {
        try (Agent _ = start("ws", "")) {
            gateway.awaitNode().send("\"" + "x".repeat(300_000) + "\"");
            gateway.awaitNode();
        }
    }

    @Test
    void drain_withAJobRunning_finishesItThenConnectsAgain() throws Exception {
        try (Agent _ = start("ws", "mock_token_millis = 30")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-14", "count to 20");
            node.offer("job-14", MODEL);
            gateway.awaitMessage("accept");
            node.send(Golden.text("drain"));
            node.offer("job-15", MODEL);
            assertEquals("draining", gateway.awaitMessage("reject").path("reason").asText());
            assertEquals("proxy_done", gateway.awaitAnswer("job-14").last().path("type").asText());
            assertEquals(1000, node.closes.poll(30, TimeUnit.SECONDS));
            gateway.awaitNode();
        }
    }

    @Test
    void close_withAJobRunning_finishesItFirst() throws Exception {
        Agent agent = start("ws", "mock_token_millis = 30");
        FakeGateway.Node node = gateway.awaitNode();
        ask("job-16", "count to 20");
        node.offer("job-16", MODEL);
        gateway.awaitMessage("proxy_chunk");
        agent.close();
        gateway.awaitMessage(
                "heartbeat", beat -> beat.path("earning_state").asText().equals("draining"));
        assertEquals("proxy_done", gateway.awaitAnswer("job-16").last().path("type").asText());
        assertEquals(1000, node.closes.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void jobMode_never_staysAway() throws Exception {
        try (Agent agent = start("ws", "[idle]\njob_mode = never")) {
            JsonNode status = awaitStatus(agent, _ -> true);
            assertEquals("paused", status.path("state").asText());
            assertTrue(gateway.registrations.isEmpty());
        }
    }

    @Test
    void owner_pausing_letsJobsEndThenLeavesAndComesBack() throws Exception {
        try (Agent agent = start("ws", "mock_token_millis = 30")) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-18", "count to 20");
            node.offer("job-18", MODEL);
            gateway.awaitMessage("accept");
            assertTrue(command("pause"));
            awaitStatus(agent, now -> now.path("state_sentence").asText().contains("by you"));
            assertEquals("proxy_done", gateway.awaitAnswer("job-18").last().path("type").asText());
            assertEquals(1000, node.closes.poll(30, TimeUnit.SECONDS));
            assertTrue(command("drain"));
            assertTrue(command("resume"));
            gateway.awaitNode();
            awaitStatus(agent, now -> now.path("state").asText().equals("earning"));
            for (String name : List.of("status", "models", "logs", "dashboard", "uninstall")) {
                assertTrue(command(name), name);
            }
        }
        assertThrows(AgentException.class, () -> command("status"));
    }

    @Test
    void game_starting_handsRunningJobsBack() throws Exception {
        String self = ProcessHandle.current().info().command().orElseThrow();
        String name = String.valueOf(Path.of(self).getFileName());
        try (Agent agent = start("ws", "mock_token_millis = 5000\n[idle]\nalso_watch = " + name)) {
            FakeGateway.Node node = gateway.awaitNode();
            ask("job-19", "count to 9");
            node.offer("job-19", MODEL);
            gateway.awaitMessage("proxy_chunk");
            // In mode idle the watched program counts; this very process is the game.
            change("job_mode = always", "job_mode = idle\ntrigger_minutes = 0");
            ObjectNode error = gateway.awaitAnswer("job-19").last();
            assertEquals("node_paused", error.path("code").asText());
            assertTrue(error.path("retryable").asBoolean());
            assertEquals(1000, node.closes.poll(30, TimeUnit.SECONDS));
            JsonNode status =
                    awaitStatus(agent, now -> now.at("/watch/code").asText().equals("program"));
            assertEquals("paused", status.path("state").asText());
        }
    }

    @Test
    void config_changedWhileRunning_countsAtOnceAndMistakesAreNamedByLine() throws Exception {
        try (Agent agent = start("ws", "")) {
            gateway.awaitNode();
            gateway.awaitRegistration();
            change("[marketplace]", "redeem_threshold = 700\n[marketplace]");
            ObjectNode again = gateway.awaitRegistration();
            assertEquals(700, again.path("redeem_threshold_sats").asInt());
            change("redeem_threshold = 700", "redeem_threshold = 7");
            JsonNode bad = awaitStatus(agent, now -> now.path("problems").size() == 1);
            assertEquals("config_invalid", bad.at("/problems/0/code").asText());
            assertTrue(bad.at("/problems/0/fix").asText().contains("line 4: [account] redeem"));
            assertEquals(700, bad.path("redeem_threshold").asInt());
            change("redeem_threshold = 7\n", "redeem_threshold = 800\n");
            awaitStatus(agent, now -> now.path("redeem_threshold").asInt() == 800);
            change("api_key = ", "api_key_old = ");
            awaitStatus(agent, now -> now.toString().contains("has lost its api_key"));
            change("api_key_old = ", "api_key = ");
            change("engine = mock", "engine = openai");
            awaitStatus(agent, now -> now.at("/problems/0/code").asText().equals("config_restart"));
        }
    }

    /// Writes the file anew with one part exchanged.
    private void change(String part, String other) throws IOException {
        Path file = folder.resolve("owlrun.conf");
        String text = Files.readString(file);
        assertTrue(text.contains(part), text);
        Files.writeString(file, text.replace(part, other));
    }

    private boolean command(String name) throws InterruptedException {
        List<String> said = new ArrayList<>();
        boolean done = Commands.run(name, List.of(), folder.resolve("owlrun.conf"), said::add);
        assertFalse(said.toString().contains(KEY));
        return done;
    }

    private void ask(String jobId, String message) {
        ObjectNode body = Json.object().put("model", MODEL);
        body.putArray("messages").addObject().put("role", "user").put("content", message);
        gateway.requests.put(jobId, Json.write(body));
    }

    private Agent start(String way, String moreInference) throws IOException {
        Path file = folder.resolve("owlrun.conf");
        String text =
                """
                [account]
                api_key = %s
                [marketplace]
                gateway = %s
                answer = %s
                [dashboard]
                port = 0
                [idle]
                job_mode = always
                [inference]
                engine = mock
                mock_token_millis = 0
                %s
                """
                        .formatted(KEY, gateway.url(), way, moreInference);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Config config = Config.load(file, Map.of(), new Random(1));
        return Agent.start(config, Map.of(), surroundings(folder), QUICK);
    }

    /// A machine whose user is never seen.
    static Agent.Surroundings surroundings(Path home) {
        return new Agent.Surroundings(Clock.systemUTC(), new Random(2), Map.of(), home);
    }

    /// Asks the dashboard until it shows what is wanted, or fails.
    @CanIgnoreReturnValue
    private JsonNode awaitStatus(Agent agent, Predicate<JsonNode> wanted) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + agent.dashboardPort() + "/api/status");
        Semaphore never = new Semaphore(0);
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            String body =
                    client.send(
                                    HttpRequest.newBuilder(address).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            JsonNode status = Json.readObject(body).orElseThrow();
            if (wanted.test(status)) {
                return status;
            }
            assertTrue(System.nanoTime() < deadlineNanos, () -> "waited in vain: " + body);
            boolean _ = never.tryAcquire(20, TimeUnit.MILLISECONDS);
        }
    }
}
