package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/// The tests of the web page's own modules, its rules and its vendored bundles, under Node.
final class WebUnitTest {

    @Test
    void nodeTests_all_pass() throws Exception {
        String out =
                Tools.run(
                                Tools.ROOT,
                                Map.of("CI", "true"),
                                List.of(Tools.node().toString(), "--test", "web/test/"))
                        .success();
        assertTrue(out.contains("# fail 0"), out);
        assertTrue(!out.contains("# tests 0"), out);
    }
}
