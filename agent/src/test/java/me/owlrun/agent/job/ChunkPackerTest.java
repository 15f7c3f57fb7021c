package me.owlrun.agent.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.wire.Outbound;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// No message of a job is too big, whatever an answer is made of, and none loses a character.
final class ChunkPackerTest {
    private static final int MESSAGE_BYTES_MAX = 30_000;

    @Test
    void pack_severalSmallEvents_areOneMessage() {
        assertEquals(List.of("ab"), ChunkPacker.pack(List.of("a", "b")));
        assertEquals(List.of(), ChunkPacker.pack(List.of()));
    }

    @Test
    void pack_eventsThatDoNotFitTogether_areNotSplit() {
        String first = "x".repeat(20_000);
        String second = "y".repeat(20_000);
        assertEquals(List.of(first, second), ChunkPacker.pack(List.of(first, second)));
    }

    @Test
    void pack_randomTexts_staySmallAndWhole() {
        Random random = new Random(20261121);
        String[] alphabet = {"a", "\n", "\"", "\\", "\u0001", "ü", "€", "🦉", "\u2028", "\u007f"};
        for (int round = 0; round < 60; round++) {
            List<String> texts = new ArrayList<>();
            for (int event = random.nextInt(4); event >= 0; event--) {
                StringBuilder text = new StringBuilder();
                String only = alphabet[random.nextInt(alphabet.length)];
                for (int length = random.nextInt(40_000); length > 0; length--) {
                    text.append(round % 2 == 0 ? only : alphabet[random.nextInt(alphabet.length)]);
                }
                texts.add(text.toString());
            }
            List<String> packed = ChunkPacker.pack(texts);
            assertEquals(String.join("", texts), String.join("", packed));
            for (String data : packed) {
                String message = new Outbound.ProxyChunk("j".repeat(128), data).text();
                int bytes = message.getBytes(StandardCharsets.UTF_8).length;
                assertTrue(bytes < MESSAGE_BYTES_MAX, () -> bytes + " bytes");
            }
        }
    }
}
