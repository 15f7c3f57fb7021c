package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.TextNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.node.Chain;
import me.owlrun.mint.lightning.node.FeeRules;
import me.owlrun.mint.lightning.node.NodeLightning;
import me.owlrun.mint.lightning.node.NodeSetup;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.net.ServerSocketFactory;

/// The contract played against a [ScriptedNode]: the scenes of every backend, the traps of this
/// one, and that nothing secret is logged meanwhile.
abstract class ScriptedContract extends LightningContract {

    private static final Instant BEGUN = Instant.parse("2026-11-21T12:00:00Z");
    private static final byte[] CREDENTIAL = "01fe-the-secret".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PAY_MAX = Duration.ofSeconds(4);
    private static final Duration HEARD_WITHIN = Duration.ofSeconds(10);

    private final byte[] preimage = new byte[32];
    private final PaymentHash hash;
    private final Invoice invoice;

    private final String folder;
    private final String credentialHeader;

    ScriptedContract(String folder, String credentialHeader) {
        this.folder = folder;
        this.credentialHeader = credentialHeader;
        Arrays.fill(preimage, (byte) 0x5a);
        this.hash = PaymentHash.ofPreimage(preimage);
        String text =
                InvoiceWriter.write(
                        new InvoiceWriter.Draft(
                                "bc",
                                ASKED,
                                hash,
                                "22".repeat(32),
                                DESCRIPTION,
                                BEGUN,
                                Duration.ofHours(1)),
                        Scalar.random(new SecureRandom()));
        this.invoice = InvoiceReader.read(text).orElseThrow();
    }

    /// The client under test.
    abstract NodeLightning client(NodeSetup setup);

    /// What the credential header must hold.
    abstract String credential(byte[] file);

    @Override
    protected Msat fee(Scene scene) {
        return new Msat(1_234);
    }

    @Override
    protected Set<Scene> scenes() {
        return EnumSet.allOf(Scene.class);
    }

    @Override
    protected Set<Incoming> incoming() {
        return EnumSet.allOf(Incoming.class);
    }

    private Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        variables.put("invoice", invoice.text());
        variables.put("hash", hash.hex());
        variables.put("hash_base64", Base64.getEncoder().encodeToString(hash.bytes()));
        variables.put("hash_url", Base64.getUrlEncoder().encodeToString(hash.bytes()));
        variables.put("preimage", HexFormat.of().formatHex(preimage));
        variables.put("preimage_base64", Base64.getEncoder().encodeToString(preimage));
        variables.put("other_hash", "ab".repeat(32));
        variables.put("other_preimage", "cd".repeat(32));
        variables.put("zeros", "00".repeat(32));
        String quoted = Json.text(TextNode.valueOf(DESCRIPTION));
        variables.put("description", quoted.substring(1, quoted.length() - 1));
        long now = BEGUN.getEpochSecond() + 1;
        long old = BEGUN.getEpochSecond() - 3_600;
        variables.put("now_s", Long.toString(now));
        variables.put("old_s", Long.toString(old));
        return variables;
    }

    /// A client in its play.
    ///
    /// @param lightning the client
    /// @param ended closes all and checks
    private record Played(NodeLightning lightning, Runnable ended) {}

    private Played play(String name, Instant now) {
        ScriptedNode node =
                new ScriptedNode(
                        "http",
                        ServerSocketFactory.getDefault(),
                        credentialHeader,
                        credential(CREDENTIAL),
                        transcript(name));
        LogEar ear = LogEar.listen();
        NodeLightning lightning = client(setup(node, now));
        return new Played(
                lightning,
                () -> {
                    lightning.close();
                    node.close();
                    ear.close();
                    node.assertPlayed();
                    assertNoSecret(ear.heard());
                    assertFalse(ear.heard().contains("does not end"), "a thread goes on");
                });
    }

    private Transcript transcript(String name) {
        return Optional.ofNullable(transcripts().get(name))
                .orElseThrow(() -> new AssertionError(folder + " has no transcript " + name));
    }

    private Map<String, Transcript> transcripts() {
        return Transcript.read("/transcripts/" + folder + ".txt", variables());
    }

    private NodeSetup setup(ScriptedNode node, Instant now) {
        try {
            Path file = Files.createTempFile("credential", "");
            file.toFile().deleteOnExit();
            Files.write(file, CREDENTIAL);
            return new NodeSetup(
                    node.url(),
                    Optional.empty(),
                    file,
                    Chain.MAIN,
                    new FeeRules(5),
                    false,
                    PAY_MAX,
                    new SecureRandom() {
                        @Override
                        public void nextBytes(byte[] bytes) {
                            System.arraycopy(preimage, 0, bytes, 0, bytes.length);
                        }
                    },
                    () -> now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertNoSecret(String text) {
        for (String secret :
                List.of(
                        credential(CREDENTIAL),
                        invoice.text(),
                        HexFormat.of().formatHex(preimage),
                        Base64.getEncoder().encodeToString(preimage))) {
            assertFalse(text.contains(secret), () -> "a secret in: " + text);
        }
    }

    private OutgoingPayment payment(Invoice what, Msat amount) {
        long version7 = (BEGUN.toEpochMilli() << 16) | 0x7000;
        return new OutgoingPayment(
                new UUID(version7, Long.MIN_VALUE | 1),
                what,
                amount,
                Msat.ofSat(20),
                CurrencyUnit.SAT);
    }

    private Invoice changed(String text, String network, Optional<Msat> amount) {
        return new Invoice(
                text,
                network,
                amount,
                hash,
                DESCRIPTION,
                invoice.descriptionHashHex(),
                invoice.timestamp(),
                invoice.expiry(),
                invoice.finalCltvBlocks(),
                invoice.payee());
    }

    @Override
    protected Stage stage(Scene scene) {
        Played played = play(scene.name().toLowerCase(Locale.ROOT), BEGUN.plusSeconds(3_600));
        Invoice what =
                switch (scene) {
                    case PAYS_AMOUNTLESS -> changed("lnbc1amountless", "bc", Optional.empty());
                    case OTHER_NETWORK -> changed("lntb10u1test", "tb", Optional.of(ASKED));
                    default -> invoice;
                };
        return new Stage(played.lightning(), payment(what, ASKED), played.ended());
    }

    @Override
    protected Till till(Incoming incoming) {
        Played played =
                play("invoice_" + incoming.name().toLowerCase(Locale.ROOT), BEGUN.plusSeconds(9));
        return new Till(played.lightning(), hash, played.ended());
    }

    @Override
    protected Till fresh() {
        Played played = play("create", BEGUN);
        return new Till(played.lightning(), hash, played.ended());
    }

    /// Traps that only this kind of node sets: `trap_…` with the call, the outcome, and how many
    /// seconds after the attempt began the call is made.
    @TestFactory
    Stream<DynamicTest> traps_haveTheirOutcome() {
        return transcripts().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("trap_"))
                .map(entry -> dynamicTest(entry.getKey(), () -> trap(entry.getKey())));
    }

    private void trap(String name) {
        String[] note = transcript(name).note().split(" ", -1);
        Instant now = BEGUN.plusSeconds(note.length > 2 ? Long.parseLong(note[2]) : 3_600);
        Played played = play(name, now);
        try {
            PaymentOutcome outcome =
                    note[0].equals("pay")
                            ? played.lightning().pay(payment(invoice, ASKED))
                            : played.lightning().look(payment(invoice, ASKED));
            assertEquals(note[1], Scene.Say.of(outcome).name(), outcome::toString);
            assertNoSecret(outcome instanceof PaymentOutcome.Paid ? "" : outcome.toString());
        } finally {
            played.ended().run();
        }
    }

    @Test
    void node_tellsWhoItIsAndWhatItHolds() {
        Played played = play("node", BEGUN);
        try {
            assertTrue(Chain.MAIN.hasNodesOf(played.lightning().network()));
            Lightning.NodeState node = played.lightning().node();
            assertEquals("02" + "ef".repeat(32), node.id());
            assertEquals(Msat.ofSat(250_000), node.spendable());
            assertTrue(node.ready());
        } finally {
            played.ended().run();
        }
    }

    @Test
    void onReceived_connectionLost_comesBackWhereItWas() throws InterruptedException {
        Played played = play("events", BEGUN);
        try {
            BlockingQueue<PaymentHash> heard = new LinkedBlockingQueue<>();
            played.lightning().onReceived(heard::add, 7);
            for (int i = 0; i < 2; i++) {
                assertEquals(hash, heard.poll(HEARD_WITHIN.toSeconds(), TimeUnit.SECONDS));
            }
        } finally {
            played.ended().run();
        }
    }

    @Test
    void pay_partOfAnInvoice_onlyWhereTheNodeCan() {
        Played any = play("other_network", BEGUN);
        boolean partial = any.lightning().abilities().partial();
        any.ended().run();
        Played played = play(partial ? "pays_part" : "other_network", BEGUN);
        try {
            PaymentOutcome outcome = played.lightning().pay(payment(invoice, Msat.ofSat(400)));
            assertEquals(partial ? Scene.Say.PAID : Scene.Say.FAILED, Scene.Say.of(outcome));
        } finally {
            played.ended().run();
        }
    }

    /// The fee reserve for the payment of the scenes.
    Msat feeReserve(String name) {
        Played played = play(name, BEGUN);
        try {
            return played.lightning().feeReserve(invoice, ASKED, CurrencyUnit.SAT);
        } finally {
            played.ended().run();
        }
    }

    /// Plays a transcript with a client of its own.
    void with(String name, Consumer<NodeLightning> use) {
        Played played = play(name, BEGUN);
        try {
            use.accept(played.lightning());
        } finally {
            played.ended().run();
        }
    }

    PaymentHash hash() {
        return hash;
    }

    OutgoingPayment payment() {
        return payment(invoice, ASKED);
    }
}
