package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.ConfigException;
import me.owlrun.mint.lightning.ScriptedNode;
import me.owlrun.mint.lightning.Transcript;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

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
                "--lightning.credential=" + credentialFile()
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
        }
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
