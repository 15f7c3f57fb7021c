package me.owlrun.gateway.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What no hardware can do, and what digests say.
final class SpeedTableTest {

    private static final SpeedTable TABLE = SpeedTable.standard();

    @ParameterizedTest
    @CsvSource({
        "llama3.1:70b, 70000",
        "qwen2.5:0.5b, 500",
        "smollm2:135m, 135",
        "qwen3:30b-a3b, 3000",
        "mixtral:8x7b, 14000",
        "llama3.1:8b-instruct-q4_K_M, 8000"
    })
    void model_namesItsSize_isRead(String model, long millions) {
        assertEquals(millions, SpeedTable.activeMillions(model).orElseThrow());
    }

    @Test
    void modelWithoutSize_isNeverTooFast() {
        assertTrue(SpeedTable.activeMillions("mistral:latest").isEmpty());
        assertFalse(TABLE.isTooFast("mistral:latest", "", 1_000_000, Duration.ofMillis(1)));
    }

    /// Figures that people have measured, by a wide margin the fastest of their kind.
    @ParameterizedTest
    @CsvSource({
        "llama3.1:70b, NVIDIA RTX 4090, 25",
        "llama3.1:8b, NVIDIA GeForce RTX 4090, 200",
        "llama3.1:70b, NVIDIA H100 80GB HBM3, 120",
        "qwen3:30b-a3b, NVIDIA GeForce RTX 5090, 300",
        "llama3.2:1b, Apple M3 Max, 180",
        "llama3.1:8b, something new, 900"
    })
    void honestSpeed_isNotTooFast(String model, String gpu, long tokensPerSecond) {
        assertFalse(TABLE.isTooFast(model, gpu, 10 * tokensPerSecond, Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @CsvSource({
        "llama3.1:70b, NVIDIA GeForce RTX 3060, 100",
        "llama3.1:405b, NVIDIA H100, 300",
        "llama3.1:70b, something new, 1500"
    })
    void impossibleSpeed_isTooFast(String model, String gpu, long tokensPerSecond) {
        assertTrue(TABLE.isTooFast(model, gpu, 10 * tokensPerSecond, Duration.ofSeconds(10)));
    }

    @Test
    void shortAnswer_tellsNothing() {
        assertFalse(TABLE.isTooFast("llama3.1:70b", "RTX 3060", 63, Duration.ofNanos(1)));
    }

    @Test
    void digests_contradictOnlyWhatIsKnown() {
        Digests digests = new Digests(Map.of("qwen2.5:0.5b", Set.of("a8b0c51577101234")));
        for (String right : List.of("a8b0c5157710", "sha256:A8B0C51577101234")) {
            assertFalse(digests.contradict("qwen2.5:0.5b", right));
        }
        assertTrue(digests.contradict("qwen2.5:0.5b", "ffffffffffff"));
        assertFalse(digests.contradict("unknown:1b", "ffffffffffff"));
    }
}
