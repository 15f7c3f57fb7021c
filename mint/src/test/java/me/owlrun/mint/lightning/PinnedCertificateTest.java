package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.ConfigException;
import me.owlrun.mint.lightning.lnd.LndLightning;
import me.owlrun.mint.lightning.node.Chain;
import me.owlrun.mint.lightning.node.FeeRules;
import me.owlrun.mint.lightning.node.NodeSetup;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A node with a certificate it signed itself, for a host name nobody calls it by.
final class PinnedCertificateTest {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Transcript GETINFO =
            new Transcript(
                    "",
                    List.of(
                            new Transcript.Exchange(
                                    "GET",
                                    "/v1/getinfo",
                                    Optional.empty(),
                                    200,
                                    List.of(),
                                    List.of("{\"chains\":[{\"network\":\"mainnet\"}]}"))));

    @TempDir private static Path folder;

    @BeforeAll
    static void makeCertificates() throws IOException, InterruptedException {
        for (String name : List.of("node", "other")) {
            String store = folder.resolve(name + ".p12").toString();
            keytool(
                    "-genkeypair",
                    "-keystore",
                    store,
                    "-storepass",
                    "changeit",
                    "-alias",
                    name,
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=lnd.invalid");
            keytool(
                    "-exportcert",
                    "-rfc",
                    "-keystore",
                    store,
                    "-storepass",
                    "changeit",
                    "-alias",
                    name,
                    "-file",
                    folder.resolve(name + ".pem").toString());
        }
        Files.write(folder.resolve("macaroon"), new byte[] {1, 2});
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("keytool.log").toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> "keytool failed: " + command);
    }

    @Test
    void ask_thePinnedCertificate_isTrustedWhateverItsName() {
        try (ScriptedNode node = node();
                LndLightning lightning = client(node.url(), Optional.of("node.pem"))) {
            assertEquals("mainnet", lightning.network());
            node.assertPlayed();
        }
    }

    @Test
    void ask_anotherCertificate_isRefusedBeforeTheCredentialIsSent() {
        try (ScriptedNode node = node();
                LndLightning lightning = client(node.url(), Optional.of("other.pem"))) {
            assertThrows(NodeRefusedException.class, lightning::network);
            assertThrows(AssertionError.class, node::assertPlayed);
        }
    }

    @Test
    void ask_nothingPinned_isNotTrusted() {
        try (ScriptedNode node = node();
                LndLightning lightning = client(node.url(), Optional.empty())) {
            assertThrows(LightningException.class, lightning::network);
            assertThrows(AssertionError.class, node::assertPlayed);
        }
    }

    @Test
    void open_filesThatAreMissingOrWrong_sayWhatToDo() {
        URI url = URI.create("https://127.0.0.1:1");
        for (String pem : List.of("missing.pem", "macaroon")) {
            ConfigException problem =
                    assertThrows(ConfigException.class, () -> client(url, Optional.of(pem)));
            assertTrue(String.valueOf(problem.getMessage()).contains("docs/lightning.md"));
        }
        assertFalse(Files.exists(folder.resolve("missing.pem")));
    }

    private static ScriptedNode node() {
        return new ScriptedNode("https", tls(), "grpc-metadata-macaroon", "0102", GETINFO);
    }

    private static ServerSocketFactory tls() {
        try (InputStream in = Files.newInputStream(folder.resolve("node.p12"))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context.getServerSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static LndLightning client(URI url, Optional<String> pem) {
        return new LndLightning(
                new NodeSetup(
                        url,
                        pem.map(folder::resolve),
                        folder.resolve("macaroon"),
                        Chain.MAIN,
                        new FeeRules(5),
                        false,
                        Duration.ofSeconds(5),
                        new SecureRandom(),
                        InstantSource.system()));
    }
}
