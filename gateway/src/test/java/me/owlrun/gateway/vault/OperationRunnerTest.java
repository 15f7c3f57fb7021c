package me.owlrun.gateway.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.http.HttpListener;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/// What the runner concludes from a mint's refusals, against a mint on a real socket that says what
/// the test wants. Any standard mint may answer so, ours does not answer 11002 to a repeat.
final class OperationRunnerTest {

    /// No answer of the protocol: the mint got the request and something between failed.
    private static final int LOST = 0;

    private final SecureRandom random = new SecureRandom();
    private final Scalar key = Scalar.random(random);
    private final Deque<Integer> swapAnswers = new ArrayDeque<>();
    private KeysetId keysetId;
    private HttpListener mint;
    private OperationRunner runner;

    @BeforeEach
    void start() {
        TreeMap<BigInteger, Point> keys = new TreeMap<>();
        keys.put(BigInteger.ONE, key.publicKey());
        keysetId = KeysetId.deriveV2(keys, "msat", 0, OptionalLong.empty());
        mint =
                HttpListener.start(
                        new HttpListener.Limits("127.0.0.1", 0, 100_000, 10, Duration.ZERO),
                        (status, message) -> message.getBytes(StandardCharsets.UTF_8),
                        this::routes,
                        sockets -> {});
        URI url = URI.create("http://127.0.0.1:" + mint.port());
        MintClient client = new MintClient(url, Duration.ofSeconds(10));
        runner = new OperationRunner(client, new MintKeysets(client), new StopSignal());
    }

    @AfterEach
    void stop() {
        mint.close();
    }

    private String keysets(boolean withKeys) {
        ObjectNode keyset = Json.object();
        keyset.put("id", keysetId.value()).put("unit", "msat").put("active", true);
        keyset.put("input_fee_ppk", 0);
        if (withKeys) {
            keyset.putObject("keys").put("1", key.publicKey().toHex());
        }
        ObjectNode body = Json.object();
        body.putArray("keysets").add(keyset);
        return Json.text(body);
    }

    private void routes(HttpRouting.Builder routes) {
        routes.get("/v1/keysets", (_, response) -> response.send(keysets(false)))
                .get("/v1/keys", (_, response) -> response.send(keysets(true)))
                .get("/v1/keys/{id}", (_, response) -> response.send(keysets(true)))
                .post("/v1/swap", this::swap)
                .post(
                        "/v1/restore",
                        (_, response) -> response.send("{\"outputs\":[],\"signatures\":[]}"));
    }

    private void swap(ServerRequest request, ServerResponse response) {
        int code = swapAnswers.size() > 1 ? swapAnswers.removeFirst() : swapAnswers.getFirst();
        response.status(code == LOST ? Status.BAD_GATEWAY_502 : Status.BAD_REQUEST_400)
                .send("{\"detail\":\"no\",\"code\":" + code + "}");
    }

    private MintOperation operation() {
        Proof input =
                new Proof(
                        1, keysetId, "secret", key.publicKey(), Optional.empty(), Optional.empty());
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.CLAIM,
                List.of(input),
                Optional.empty(),
                keysetId,
                CurrencyUnit.MSAT,
                0,
                List.of(OutputData.random(1, keysetId, random)));
    }

    @ParameterizedTest
    @CsvSource({"11001", "12002", "50000"})
    void runFirst_refusedAtOnce_isRefused(int code) {
        swapAnswers.add(code);
        OperationResult.Refused refused =
                assertInstanceOf(OperationResult.Refused.class, runner.runFirst(operation()));
        assertEquals(code, refused.code());
    }

    /// Our first request may still be at work when the second is refused.
    @ParameterizedTest
    @CsvSource({
        "11001, true", // spent, and not into our outputs: somebody else was faster
        "12002, true",
        "10001, true",
        "11002, false", // pending: perhaps by our own first request
        "11004, false",
        "20005, false",
        "0, false",
        "50000, false"
    })
    void runFirst_answerLostThenRefused_isRefusedOnlyWhenCertain(int code, boolean refused) {
        swapAnswers.add(LOST);
        swapAnswers.add(code == 0 ? LOST : code);
        Class<?> expected = refused ? OperationResult.Refused.class : OperationResult.Pending.class;
        assertInstanceOf(expected, runner.runFirst(operation()));
    }
}
