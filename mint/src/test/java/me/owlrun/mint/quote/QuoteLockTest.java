package me.owlrun.mint.quote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/// The vectors of NUT-20, and those of NUT-29 that have signatures.
final class QuoteLockTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void nut20_legacyMessage_matches() {
        JsonNode vectors = vectors("nut20.json");
        JsonNode valid = vectors.path("valid");
        String message = vectors.path("message_text").textValue();
        assertEquals(
                message,
                new String(
                        QuoteLock.legacyMessage(valid.path("quote").textValue(), outputs(valid)),
                        StandardCharsets.UTF_8));
        assertTrue(opens(vectors, valid));
        assertFalse(opens(vectors, vectors.path("invalid")));
    }

    @Test
    void nut20_message_matches() {
        JsonNode vector = vectors("nut20.json").path("v1");
        JsonNode request = vector.path("request");
        byte[] message = QuoteLock.message(request.path("quote").textValue(), outputs(request));
        assertEquals(vector.path("message").textValue(), HEX.formatHex(message));
        assertEquals(vector.path("sha256").textValue(), HEX.formatHex(Sha256.of(message)));
        assertTrue(opens(vector, request));
    }

    @Test
    void nut29_signatures_open() {
        JsonNode vectors = vectors("nut29.json");
        List<BlindedMessage> outputs = outputs(vectors);
        Point pubkey = Point.fromHex(vectors.path("pubkey").textValue());
        JsonNode legacy = vectors.path("legacy");
        assertTrue(opens(legacy, pubkey, outputs));
        assertFalse(opens(legacy, pubkey, outputs.reversed()));
        assertFalse(opens(legacy, pubkey, outputs.subList(0, 1)));
        assertEquals(2, vectors.path("v1").size());
        for (JsonNode vector : vectors.path("v1")) {
            byte[] message = QuoteLock.message(vector.path("quote").textValue(), outputs);
            assertEquals(vector.path("message").textValue(), HEX.formatHex(message));
            assertEquals(vector.path("sha256").textValue(), HEX.formatHex(Sha256.of(message)));
            assertTrue(opens(vector, pubkey, outputs));
            assertFalse(opens(vector, pubkey, outputs.reversed()));
            List<BlindedMessage> dearer =
                    outputs.stream().map(o -> new BlindedMessage(2, o.keysetId(), o.b())).toList();
            assertFalse(opens(vector, pubkey, dearer));
        }
    }

    @Test
    void message_amounts_areMinimal() {
        Point b = Point.fromHex(vectors("nut29.json").at("/outputs/0/B_").textValue());
        KeysetId id = new KeysetId("00bfa73302d12ffd");
        long[] amounts = {0, 1, 127, 128, 255, 256, Long.MAX_VALUE};
        String[] bytes = {"", "01", "7f", "80", "ff", "0100", "7fffffffffffffff"};
        for (int i = 0; i < amounts.length; i++) {
            byte[] message = QuoteLock.message("", List.of(new BlindedMessage(amounts[i], id, b)));
            String expected =
                    HEX.formatHex("Cashu_MintQuoteSig_v1".getBytes(StandardCharsets.UTF_8))
                            + "00000000"
                            + HEX.toHexDigits(bytes[i].length() / 2)
                            + bytes[i]
                            + "00000021"
                            + b.toHex();
            assertArrayEquals(HEX.parseHex(expected), message, "amount " + amounts[i]);
        }
    }

    private static boolean opens(JsonNode vector, Point pubkey, List<BlindedMessage> outputs) {
        return QuoteLock.isOpenedBy(
                vector.path("signature").textValue(),
                pubkey,
                vector.path("quote").textValue(),
                outputs);
    }

    private static boolean opens(JsonNode vectors, JsonNode request) {
        return opens(request, Point.fromHex(vectors.path("pubkey").textValue()), outputs(request));
    }

    private static List<BlindedMessage> outputs(JsonNode node) {
        return CashuJson.list(node, "outputs", 10, CashuJson::blindedMessage);
    }

    private static JsonNode vectors(String name) {
        try (InputStream in = QuoteLockTest.class.getResourceAsStream("/vectors/" + name)) {
            if (in == null) {
                throw new AssertionError("no vectors " + name);
            }
            return Json.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
