package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.db.Database;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The code examples of seed 000, with nothing changed but base URL and token, against the running
/// system: they print the answer and the change, and paid minus change is what the ledger booked.
@ExtendWith(WithRunningSystem.class)
final class SeedExamplesTest {

    private static final String SEED_URL = "https://api.owlrun.me";
    private static final String SEED_TOKEN = "cashuAeyJ0b2...";
    private static final Pattern CHANGE_LINE = Pattern.compile("Change: (\\d+) sats");

    @TempDir Path folder;

    private String example(String name, RunningSystem system, String token) throws Exception {
        try (InputStream in = SeedExamplesTest.class.getResourceAsStream("/seed/" + name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains(SEED_URL) && text.contains(SEED_TOKEN));
            return text.replace(SEED_URL, system.gatewayUrl()).replace(SEED_TOKEN, token);
        }
    }

    private String run(String name, Path program, RunningSystem system, String token)
            throws Exception {
        Path script = folder.resolve(name);
        Files.writeString(script, example(name, system, token));
        return Tools.run(folder, Map.of(), List.of(program.toString(), script.toString()))
                .success();
    }

    @ParameterizedTest
    @CsvSource({"python.py,sat", "python.py,msat", "node.mjs,sat", "node.mjs,msat"})
    void script_asInTheSeed_printsAnswerAndChange(String name, String unit, RunningSystem system)
            throws Exception {
        String token = system.token(100, unit);
        Path program = name.endsWith(".py") ? Tools.python() : Tools.node();
        String out = run(name, program, system, token);
        Matcher change = CHANGE_LINE.matcher(out);
        assertTrue(change.find(), out);
        assertTrue(change.start() > 10, () -> "an answer stands before the change: " + out);
        assertEquals("99", change.group(1));
        assertTrue(assertPaidIsBooked(system, token).isPositive());
    }

    @ParameterizedTest
    @CsvSource({"sat", "msat"})
    void curl_asInTheSeed_showsAnswerAndChangeEvent(String unit, RunningSystem system)
            throws Exception {
        String token = system.token(100, unit);
        String out = run("curl.sh", Path.of("/bin/sh"), system, token);
        List<String> data =
                out.lines().filter(l -> l.startsWith("data: ")).map(l -> l.substring(6)).toList();
        assertEquals("[DONE]", data.get(data.size() - 3), out);
        assertEquals("[DONE]", data.getLast(), out);
        JsonNode event = Json.parse(data.get(data.size() - 2));
        assertEquals("cashu_change", event.path("type").asText());
        assertEquals("chat.completion.chunk", event.path("object").asText());
        assertTrue(event.path("choices").isArray() && event.path("choices").isEmpty());
        Msat cost = Msat.of(event.path("cost_msats").asLong());
        List<String> change = new ArrayList<>();
        change.add(event.path("token").asText());
        change.add(event.path("token_msat").asText());
        assertTrue(event.path("token").asText().startsWith("cashuA"), out);
        Msat redeemed = Purse.redeem(system.mintUrl(), change);
        assertEquals(Purse.worth(token), redeemed.plus(cost));
        assertEquals(redeemed.value(), event.path("change_msats").asLong());
        assertEquals(redeemed.floorSat(), event.path("change_sats").asLong());
        assertEquals(cost, assertPaidIsBooked(system, token));
    }

    /// Paid minus the change that the gateway stored equals the cost in its books; the change is
    /// taken from the recovery endpoint, as any buyer could.
    ///
    /// @return the cost
    private static Msat assertPaidIsBooked(RunningSystem system, String token) throws Exception {
        String body =
                system.post(system.gatewayUrl() + "/v1/cashu/change", Map.of("X-Cashu", token), "")
                        .body();
        JsonNode outcome = Json.parse(body);
        assertEquals("settled", outcome.path("state").asText(), body);
        Msat cost = Msat.of(outcome.path("cost_msats").asLong());
        Msat change = Msat.of(outcome.path("change_msats").asLong());
        assertTrue(cost.value() >= 10, body);
        assertEquals(Purse.worth(token), cost.plus(change));
        assertEquals(bookedCost(system, token), cost);
        return cost;
    }

    private static Msat bookedCost(RunningSystem system, String token) throws Exception {
        try (Database database = system.database("gateway")) {
            long costMsat =
                    database.transaction(connection -> {
                        try (PreparedStatement query =
                                connection.prepareStatement(Books.COST_OF_PAYMENT)) {
                            query.setString(1, Books.tokenKey(Purse.decode(token)));
                            try (ResultSet rows = query.executeQuery()) {
                                assertTrue(rows.next(), "the payment is in the books");
                                return rows.getLong(1);
                            }
                        }
                    });
            return Msat.of(costMsat);
        }
    }
}
