package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

final class AgentConfigTest {

    private static final Map<String, Map<String, String>> WANTED =
            Map.of("marketplace", Map.of("gateway", "http://127.0.0.1:1"));

    private static List<String> set(String before) {
        return AgentConfig.set(before.lines().toList(), WANTED);
    }

    @Test
    void set_emptyFile_getsTheSection() {
        assertEquals(List.of("[marketplace]", "gateway = http://127.0.0.1:1"), set(""));
    }

    @Test
    void set_keyThere_isReplacedAndTheRestStays() {
        assertEquals(
                """
                # mine
                [account]
                api_key = owlr_prov_x
                gateway = other
                [marketplace]
                gateway = http://127.0.0.1:1
                region = here ; mine
                """
                        .lines()
                        .toList(),
                set(
                        """
                        # mine
                        [account]
                        api_key = owlr_prov_x
                        gateway = other
                        [marketplace]
                        gateway = https://elsewhere
                        region = here ; mine
                        """));
    }

    @Test
    void set_keyMissing_isAddedToItsSection() {
        assertEquals(
                List.of("[marketplace]", "x = 1", "gateway = http://127.0.0.1:1", "[disk]"),
                set("[marketplace]\nx = 1\n[disk]"));
        assertEquals(
                List.of("[marketplace]", "gateway = http://127.0.0.1:1"), set("[marketplace]"));
    }
}
