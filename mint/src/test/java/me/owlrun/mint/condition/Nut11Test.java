package me.owlrun.mint.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.Proof;
import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The vectors of NUT-11, those of NUT-14 among them.
final class Nut11Test {

    private static final JsonNode VECTORS = vectors();
    private static final Conditions CONDITIONS =
            new Conditions(InstantSource.fixed(Instant.parse("2026-11-21T00:00:00Z")));

    static Stream<JsonNode> proofs() {
        return all("proofs");
    }

    static Stream<JsonNode> requests() {
        return all("requests");
    }

    @ParameterizedTest
    @MethodSource("proofs")
    void proof_vector_isJudged(JsonNode vector) {
        Proof proof = CashuJson.proof(vector.path("proof"));
        boolean spendable = CONDITIONS.flaw(List.of(proof), List.of(), "").isEmpty();
        assertEquals(vector.path("valid").booleanValue(), spendable, vector.path("name").asText());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void request_vector_isJudged(JsonNode vector) {
        JsonNode request = vector.path("request");
        List<Proof> inputs = CashuJson.list(request, "inputs", 10, CashuJson::proof);
        List<BlindedMessage> outputs =
                CashuJson.list(request, "outputs", 10, CashuJson::blindedMessage);
        String quote = request.path("quote").asText("");
        String message = SigAll.message(inputs, outputs, quote);
        if (vector.has("message")) {
            assertEquals(vector.path("message").textValue(), message);
            assertEquals(vector.path("sha256").textValue(), Sha256.hexOf(message));
        }
        boolean spendable = CONDITIONS.flaw(inputs, outputs, quote).isEmpty();
        assertEquals(vector.path("valid").booleanValue(), spendable, vector.path("name").asText());
        assertEquals(
                false,
                CONDITIONS.flaw(inputs, outputs, quote + "x").isEmpty(),
                "the quote is signed too");
        assertEquals(
                false, CONDITIONS.flaw(inputs, List.of(), quote).isEmpty(), "outputs are signed");
    }

    private static Stream<JsonNode> all(String list) {
        return StreamSupport.stream(VECTORS.path(list).spliterator(), false);
    }

    private static JsonNode vectors() {
        try (InputStream in = Nut11Test.class.getResourceAsStream("/vectors/nut11.json")) {
            if (in == null) {
                throw new AssertionError("no vectors");
            }
            return Json.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
