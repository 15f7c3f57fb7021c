package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/// The published wallet library `@cashu/cashu-ts` under Node mints, sends, receives and restores at
/// our mint.
@ExtendWith(WithRunningSystem.class)
final class WalletLibraryTest {

    @ParameterizedTest
    @CsvSource({"sat,100", "msat,100000"})
    void cashuTs_wholeLifeOfCoins_works(String unit, long amount, RunningSystem system)
            throws Exception {
        Path folder = Tools.nodeFolder();
        Path script = folder.resolve("wallet.mjs");
        Files.copy(
                Tools.ROOT.resolve("up/src/test/node/wallet.mjs"),
                script,
                StandardCopyOption.REPLACE_EXISTING);
        String out =
                Tools.run(
                                folder,
                                Map.of(),
                                List.of(
                                        Tools.node().toString(),
                                        script.toString(),
                                        system.mintUrl(),
                                        unit))
                        .success();
        JsonNode result = Json.parse(out);
        assertEquals(amount, result.path("minted").asLong());
        assertEquals(37, result.path("received").asLong());
        assertEquals(amount - 37, result.path("restored").asLong());
    }
}
