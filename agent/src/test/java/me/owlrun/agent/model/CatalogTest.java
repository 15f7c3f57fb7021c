package me.owlrun.agent.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

/// Which model a machine gets.
final class CatalogTest {
    @Test
    void catalog_choosesByMemoryAndDisk() {
        assertEquals("llama3.3:70b", best(49_152, 1_000));
        assertEquals("qwen3:32b", best(24_576, 1_000));
        assertEquals("llama3.1:8b", best(6_553, 1_000));
        assertEquals("llama3.2:3b", best(24_576, 2));
        assertEquals("qwen2.5:0.5b", best(0, 1_000));
        assertEquals("none", best(24_576, 0));
        assertEquals(Optional.of("my-own:1b"), Catalog.bestOf(List.of("my-own:1b"), 1_024));
        assertEquals(Optional.empty(), Catalog.bestOf(List.of("llama3.3:70b"), 8_192));
    }

    private static String best(int usableMb, long freeGb) {
        return Catalog.best(usableMb, freeGb).map(Catalog.Entry::tag).orElse("none");
    }
}
