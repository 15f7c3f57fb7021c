package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The published wallet library `@cashu/cashu-ts` under Node does at our mint whatever it can.
@ExtendWith(WithRunningSystem.class)
final class WalletLibraryTest {

    @ParameterizedTest
    @CsvSource({"sat,100", "msat,100000"})
    void cashuTs_wholeLifeOfCoins_works(String unit, long amount, RunningSystem system)
            throws Exception {
        JsonNode result = run("wallet.mjs", system.mintUrl(), unit);
        assertEquals(amount, result.path("minted").asLong());
        assertEquals(37, result.path("received").asLong());
        assertEquals(amount - 37, result.path("restored").asLong());
    }

    /// In both units, and with the identifiers that old wallets know.
    @ParameterizedTest
    @CsvSource({"sat,2", "msat,2", "sat,1"})
    void cashuTs_everythingTheMintOffers_works(String unit, int idVersion) throws Exception {
        TestMint place = TestMint.fresh();
        long steps = unit.equals("msat") ? 1_000 : 1;
        try (Mint mint = place.start("--keyset.id_version=" + idVersion)) {
            String invoice = TestInvoices.of(Msat.ofSat(300), "");
            JsonNode done = run("wallet-features.mjs", mint.url(), unit, invoice);
            for (String feature :
                    List.of(
                            "subscribed",
                            "tokenA",
                            "p2pk",
                            "sigAll",
                            "refund",
                            "htlc",
                            "lockedQuote",
                            "batch")) {
                assertTrue(done.path(feature).asBoolean(), feature);
            }
            assertEquals(300 * steps, done.path("melted").asLong());
            assertEquals(1, done.path("lost").asLong(), "the fee of play money is one step");
            long issued = (500 + 30 + 8 + 16) * steps;
            Audit.check(place, CurrencyUnit.ofText(unit).orElseThrow(), issued - 300 * steps - 1);
        }
    }

    private static JsonNode run(String script, String... arguments) throws Exception {
        Path folder = Tools.nodeFolder();
        Path copy = folder.resolve(script);
        Files.copy(
                Tools.ROOT.resolve("up/src/test/node").resolve(script),
                copy,
                StandardCopyOption.REPLACE_EXISTING);
        List<String> command = new ArrayList<>(List.of(Tools.node().toString(), copy.toString()));
        command.addAll(List.of(arguments));
        return Json.parse(Tools.run(folder, Map.of(), command).success());
    }
}
