package me.owlrun.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

/// The plots and the table of the gateway bench.
final class GatewayPlotsTest {

    private static Result result(String name, int clients, long count) {
        long[] nanos = new long[Math.toIntExact(count)];
        Arrays.fill(nanos, 2_000_000);
        return new Result(name, clients, nanos, Duration.ofSeconds(1), Map.of(), Map.of());
    }

    @Test
    void draw_rowsOfTwoGateways_areLinesAndALaterRowCounts(@TempDir Path folder) throws Exception {
        GatewayPlots plots = new GatewayPlots();
        plots.add(result("direct", 1, 9_000));
        plots.add(result("nginx", 1, 5_000));
        plots.add(result("ours <one key>", 1, 10));
        plots.add(result("ours <one key>", 64, 1_500));
        plots.add(result("ours <one key>", 64, 1_700));
        double[] millis = {19, 20, 21};
        plots.add(new StreamRun.Figures("nginx", 64, 64, 0, millis, millis));
        assertTrue(
                plots.table().contains("| ours <one key> | 1 / 64 | 10 / 1,700 | 2.0, 2.0 /"),
                plots.table());
        List<Path> files = plots.draw(folder, "a machine");
        assertEquals(3, files.size());
        for (Path file : files) {
            Document svg =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
            int lines = svg.getElementsByTagName("polyline").getLength();
            assertEquals(file.endsWith("gateway-gaps.svg") ? 1 : 2, lines);
        }
    }
}
