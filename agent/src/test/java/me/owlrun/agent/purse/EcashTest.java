package me.owlrun.agent.purse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.agent.job.Msat;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.ProviderKey;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// Ecash is taken out once, whatever gets lost on the way, and is on disk before anybody sees it.
final class EcashTest {
    private static final String PAID =
            "{\"token\":\"cashuAsecret\",\"amount_sats\":1,\"amount_msats\":1500}";

    @TempDir private Path folder;
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private WebServer server;
    private int port;
    private volatile int status = 200;
    private volatile String answer = PAID;

    @BeforeEach
    void start() {
        server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .shutdownHook(false)
                        .routing(
                                routing -> routing.post("/v1/provider/withdraw-ecash", this::serve))
                        .build();
        server.start();
        port = server.port();
    }

    @AfterEach
    void stop() {
        server.stop();
        client.close();
    }

    @Test
    void claim_paid_isOnDiskPrivateAndKeptUntilUsed() throws Exception {
        Ecash.Token token = ecash().claim(0);
        assertEquals(new Msat(1_500), token.amount());
        assertEquals(List.of("{}"), bodies);
        assertEquals(List.of(token), ecash().tokens());
        assertFalse(token.toString().contains("secret"));
        Path file = folder.resolve("ecash").resolve(token.id() + ".token");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        ecash().markSpent(token.id());
        assertTrue(ecash().tokens().getFirst().spent());
        assertEquals("cashuAsecret", ecash().tokens().getFirst().token());
        assertThrows(AgentException.class, () -> ecash().markSpent(token.id()));
        assertThrows(AgentException.class, () -> ecash().markSpent("../" + token.id()));
    }

    @Test
    void claim_whoseAnswerIsLost_isAskedAgainUnderTheSameKey() throws Exception {
        status = 503;
        assertThrows(AgentException.class, () -> ecash().claim(7));
        status = 202;
        answer = "{\"state\":\"pending\"}";
        assertFalse(ecash().recover());
        status = 200;
        answer = PAID;
        assertTrue(ecash().recover());
        assertEquals(1, ecash().tokens().size());
        assertEquals(3, keys.size());
        assertEquals(1, Set.copyOf(keys).size());
        assertEquals(List.of("{\"amount_sats\":7}"), bodies.stream().distinct().toList());
        assertTrue(ecash().recover());
        assertEquals(3, keys.size());
    }

    @Test
    void claim_whileTheGatewayIsGone_staysOpen() throws Exception {
        server.stop();
        assertThrows(AgentException.class, () -> ecash().claim(7));
        try (var files = Files.list(folder.resolve("ecash"))) {
            assertEquals(1, files.filter(file -> file.toString().endsWith(".claim")).count());
        }
    }

    @Test
    void claim_refused_leavesNothingBehind() throws Exception {
        status = 402;
        answer = "{\"error\":{\"message\":\"the balance is too small\"}}";
        AgentException refused = assertThrows(AgentException.class, () -> ecash().claim(7));
        assertTrue(String.valueOf(refused.getMessage()).contains("the balance is too small"));
        assertTrue(ecash().recover());
        assertEquals(List.of(), ecash().tokens());
        status = 200;
        answer = PAID;
        assertEquals(new Msat(1_500), ecash().claim(7).amount());
        assertEquals(2, Set.copyOf(keys).size());
    }

    private Ecash ecash() {
        URI base = URI.create("http://127.0.0.1:" + port);
        Gateway gateway = new Gateway(base, base, new ProviderKey("owlr_prov_0123456789abcdef"));
        return new Ecash(
                folder.resolve("ecash"),
                client,
                gateway,
                Clock.systemUTC(),
                new Random(keys.size()));
    }

    private void serve(ServerRequest request, ServerResponse response) {
        keys.add(request.headers().first(HeaderNames.create("Idempotency-Key")).orElse(""));
        bodies.add(request.content().as(String.class));
        response.status(Status.create(status)).send(answer);
    }
}
