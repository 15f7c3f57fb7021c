package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.ConfigException;
import me.owlrun.json.Json;
import me.owlrun.mint.lightning.ScriptedNode;
import me.owlrun.mint.lightning.Transcript;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.net.ServerSocketFactory;

/// Starts and refused starts with real nodes.
final class BackendsTest {

    private static final String CREDENTIAL = "the-credential";
    private static final String AMOUNTLESS =
            "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3z"
                    + "ygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pk"
                    + "x2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrs"
                    + "gq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjs"
                    + "rvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql";

    @TempDir private static Path folder;

    /// A kind of node.
    private record Kind(String name, String header, String value) {

        ScriptedNode play(String transcript) {
            Map<String, String> unused =
                    Map.ofEntries(
                            Map.entry("invoice", "x"),
                            Map.entry("hash", "x"),
                            Map.entry("hash_base64", "x"),
                            Map.entry("hash_url", "x"),
                            Map.entry("preimage", "x"),
                            Map.entry("preimage_base64", "x"),
                            Map.entry("other_hash", "x"),
                            Map.entry("other_preimage", "x"),
                            Map.entry("zeros", "x"),
                            Map.entry("description", "x"),
                            Map.entry("now_s", "1"),
                            Map.entry("old_s", "1"));
            Transcript played =
                    Transcript.read("/transcripts/" + name + ".txt", unused).get(transcript);
            if (played == null) {
                throw new AssertionError("no transcript " + transcript);
            }
            return new ScriptedNode(
                    "http", ServerSocketFactory.getDefault(), header, value, played);
        }

        String[] flags(String network, String url) {
            return new String[] {
                "--network=" + network,
                "--lightning=" + name,
                "--lightning.url=" + url,
                "--lightning.credential=" + credentialFile(),
                "--melt.confirm=5000"
            };
        }
    }

    private static Path credentialFile() {
        try {
            return Files.writeString(folder.resolve("credential"), CREDENTIAL);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Kind> kinds() {
        byte[] bytes = CREDENTIAL.getBytes(StandardCharsets.US_ASCII);
        byte[] user = (":" + CREDENTIAL).getBytes(StandardCharsets.US_ASCII);
        return List.of(
                new Kind("lnd", "Grpc-Metadata-macaroon", HexFormat.of().formatHex(bytes)),
                new Kind(
                        "phoenixd",
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(user)),
                new Kind("cln", "Rune", CREDENTIAL));
    }

    private final TestMint place = TestMint.fresh();

    @TestFactory
    Stream<DynamicTest> start_nodeOnBitcoin_isNoPlayMoney() {
        return kinds().stream()
                .map(kind ->
                        dynamicTest(
                                kind.name(),
                                () -> {
                                    try (ScriptedNode node = kind.play("node");
                                            Mint mint =
                                                    place.start(
                                                            kind.flags(
                                                                    "bitcoin",
                                                                    node.url().toString()))) {
                                        assertEquals("Bitcoin over Lightning.", description(mint));
                                        node.assertPlayed();
                                    }
                                }));
    }

    @TestFactory
    Stream<DynamicTest> start_nodeThatMustNotBeUsed_refusesWithASentence() {
        return kinds().stream()
                .flatMap(kind ->
                        Stream.of(
                                refusal(kind, "node_testnet", "bitcoin", "network 'testnet'"),
                                refusal(kind, "node", "play", "test network"),
                                refusal(kind, "node_refuses", "bitcoin", "does not let")));
    }

    private DynamicTest refusal(Kind kind, String transcript, String network, String words) {
        return dynamicTest(
                kind.name() + " " + transcript + " " + network,
                () -> {
                    try (ScriptedNode node = kind.play(transcript)) {
                        String[] flags = kind.flags(network, node.url().toString());
                        ConfigException e =
                                assertThrows(ConfigException.class, () -> place.start(flags));
                        String message = String.valueOf(e.getMessage());
                        assertTrue(message.contains(words), message);
                        assertFalse(message.contains(CREDENTIAL), message);
                    }
                });
    }

    @TestFactory
    Stream<DynamicTest> start_nodeNotReady_startsForSwaps() {
        return kinds().stream()
                .map(kind ->
                        dynamicTest(
                                kind.name(),
                                () -> {
                                    try (ScriptedNode node = kind.play("node_locked");
                                            Mint mint =
                                                    place.start(
                                                            kind.flags(
                                                                    "bitcoin",
                                                                    node.url().toString()))) {
                                        assertTrue(description(mint).startsWith("Bitcoin"));
                                    }
                                }));
    }

    @Test
    void start_nodeNotThere_startsForSwaps() {
        String[] flags = kinds().getFirst().flags("bitcoin", "http://127.0.0.1:1");
        try (Mint mint = place.start(flags)) {
            assertTrue(description(mint).startsWith("Bitcoin"));
            TestWallet.Reply refused =
                    new TestWallet(mint.url(), CurrencyUnit.SAT)
                            .post(
                                    "/v1/mint/quote/bolt11",
                                    Json.object().put("amount", 1).put("unit", "sat"));
            assertEquals(400, refused.status());
            assertTrue(refused.body().path("detail").asText().contains("does not answer"));
        }
    }

    @Test
    void phoenixd_refusesPartsOfASatAndSaysSo() {
        Kind phoenixd = kinds().get(1);
        try (ScriptedNode node = phoenixd.play("node");
                Mint mint = place.start(phoenixd.flags("bitcoin", node.url().toString()))) {
            TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
            TestWallet.Reply refused =
                    msat.post(
                            "/v1/mint/quote/bolt11",
                            Json.object().put("amount", 1_500).put("unit", "msat"));
            assertEquals(400, refused.status());
            assertEquals(11006, refused.code());
            TestWallet.Reply amountless = msat.post("/v1/melt/quote/bolt11", amountless(1_500));
            assertEquals(11006, amountless.code());
            JsonNode info = msat.get("/v1/info").ok();
            assertTrue(info.path("description_long").asText().contains("whole sats"));
            for (JsonNode method : info.path("nuts").path("4").path("methods")) {
                boolean sat = method.path("unit").asText().equals("sat");
                assertEquals(sat ? 1 : 1_000, method.path("min_amount").intValue());
            }
        }
    }

    private static ObjectNode amountless(long msat) {
        ObjectNode request = Json.object().put("request", AMOUNTLESS).put("unit", "msat");
        request.putObject("options").putObject("amountless").put("amount_msat", msat);
        return request;
    }

    @Test
    void feeReserve_ofANodeThatKnowsNone_isTheLargerOfPercentAndMinimum() {
        Kind cln = kinds().getLast();
        try (ScriptedNode node = cln.play("node");
                Mint mint = place.start(cln.flags("bitcoin", node.url().toString()))) {
            assertEquals(2, feeReserve(mint, CurrencyUnit.SAT, 10));
            assertEquals(11, feeReserve(mint, CurrencyUnit.SAT, 1_001));
            assertEquals(2_000, feeReserve(mint, CurrencyUnit.MSAT, 10));
            assertEquals(10_010, feeReserve(mint, CurrencyUnit.MSAT, 1_001));
        }
        try (ScriptedNode node = cln.play("node");
                Mint mint =
                        place.start(
                                Stream.concat(
                                                Stream.of(
                                                        "--melt.fee_percent=3",
                                                        "--melt.fee_min=7500"),
                                                Stream.of(
                                                        cln.flags(
                                                                "bitcoin", node.url().toString())))
                                        .toArray(String[]::new))) {
            assertEquals(8, feeReserve(mint, CurrencyUnit.SAT, 10));
            assertEquals(31, feeReserve(mint, CurrencyUnit.SAT, 1_001));
            assertEquals(7_500, feeReserve(mint, CurrencyUnit.MSAT, 10));
            assertEquals(30_030, feeReserve(mint, CurrencyUnit.MSAT, 1_001));
        }
    }

    private static long feeReserve(Mint mint, CurrencyUnit unit, long sat) {
        return new TestWallet(mint.url(), unit)
                .meltQuote(TestInvoices.of(Msat.ofSat(sat), ""))
                .path("fee_reserve")
                .longValue();
    }

    @Test
    void start_nodeOfATestNetwork_saysPlayMoney() {
        Kind lnd = kinds().getFirst();
        try (ScriptedNode node = lnd.play("node_testnet");
                Mint mint = place.start(lnd.flags("play", node.url().toString()))) {
            assertTrue(description(mint).startsWith("PLAY MONEY"));
        }
    }

    @Test
    void start_settingsMissing_namesThemAll() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> place.start("--network=bitcoin", "--lightning=cln"));
        assertEquals(2, String.valueOf(e.getMessage()).lines().count());
    }

    private static String description(Mint mint) {
        return new TestWallet(mint.url(), CurrencyUnit.SAT)
                .get("/v1/info")
                .ok()
                .path("description")
                .asText();
    }
}
