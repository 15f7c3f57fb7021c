package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestSocket;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Subscriptions over a real WebSocket (NUT-17).
final class SubscribeTest {

    private static final String MINT_QUOTE = "bolt11_mint_quote";
    private static final String MELT_QUOTE = "bolt11_melt_quote";
    private static final String PROOF = "proof_state";

    private static final String CUT_LISTENERS =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"
                    + " AND mode = 'ShareLock' AND database ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())";

    private final TestMint place = TestMint.fresh();

    private static List<String> ys(List<Proof> proofs) {
        return proofs.stream().map(proof -> proof.y().toHex()).toList();
    }

    @Test
    void mintQuote_paidAndIssued_tellsEachChangeOnceInOrder() {
        try (Mint mint = place.start("--fake.pay_delay=300");
                TestSocket socket = new TestSocket(mint.url())) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            String quote = wallet.mintQuote(8).path("quote").textValue();
            JsonNode answer = socket.subscribe(MINT_QUOTE, "a", List.of(quote));
            assertEquals("OK", answer.path("result").path("status").textValue());
            assertEquals("a", answer.path("result").path("subId").textValue());
            assertEquals(0, answer.path("id").intValue());
            JsonNode first = socket.next();
            assertEquals("2.0", first.path("jsonrpc").textValue());
            assertEquals("a", first.path("params").path("subId").textValue());
            assertEquals(quote, first.path("params").path("payload").path("quote").textValue());
            assertEquals("UNPAID", first.path("params").path("payload").path("state").textValue());
            JsonNode paid = socket.next().path("params").path("payload");
            assertEquals("PAID", paid.path("state").textValue());
            assertEquals(wallet.mintQuote(quote), paid);
            assertEquals(8, TestWallet.sum(wallet.mint(quote, 8)));
            assertEquals("ISSUED", socket.nextState());
        }
    }

    @Test
    void melt_external_tellsPendingThenPaid() {
        try (Mint mint = place.start();
                TestSocket socket = new TestSocket(mint.url())) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(16);
            String invoice = TestInvoices.of(Msat.ofSat(10), "");
            String quote = wallet.meltQuote(invoice).path("quote").textValue();
            assertTrue(socket.subscribe(MELT_QUOTE, "q", List.of(quote)).has("result"));
            assertEquals("UNPAID", socket.nextState());
            assertTrue(socket.subscribe(PROOF, "p", ys(proofs)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            JsonNode answer =
                    wallet.melt(quote, proofs, wallet.outputs(Collections.nCopies(4, 1L))).ok();
            assertEquals("PAID", answer.path("state").textValue());
            assertEquals(
                    Map.of("p", List.of("PENDING", "SPENT"), "q", List.of("PENDING", "PAID")),
                    nextStates(socket, 4));
        }
    }

    /// The states of the next messages, by subscription: only within one is there an order.
    private static Map<String, List<String>> nextStates(TestSocket socket, int count) {
        Map<String, List<String>> states = new HashMap<>();
        for (int i = 0; i < count; i++) {
            JsonNode told = socket.next().path("params");
            states.computeIfAbsent(told.path("subId").textValue(), id -> new ArrayList<>())
                    .add(told.path("payload").path("state").textValue());
        }
        return states;
    }

    @Test
    void melt_failed_tellsThatProofsAreUnspentAgain() {
        try (Mint mint = place.start();
                TestSocket socket = new TestSocket(mint.url())) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(16);
            String script = "{\"pay_invoice_state\":\"FAILED\",\"check_payment_state\":\"FAILED\"}";
            String invoice = TestInvoices.of(Msat.ofSat(10), script);
            String quote = wallet.meltQuote(invoice).path("quote").textValue();
            assertTrue(socket.subscribe(PROOF, "p", ys(proofs)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            assertEquals(20004, wallet.melt(quote, proofs, List.of()).code());
            assertEquals("PENDING", socket.nextState());
            assertEquals("UNSPENT", socket.nextState());
            assertEquals(List.of("UNSPENT"), wallet.states(proofs));
        }
    }

    @Test
    void changes_ofAnotherProcess_areTold() {
        try (Mint here = place.start();
                Mint there = place.start();
                TestSocket socket = new TestSocket(here.url())) {
            TestWallet wallet = new TestWallet(there.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(16);
            List<Proof> others = wallet.mint(2);
            assertTrue(socket.subscribe(PROOF, "p", ys(proofs)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            assertTrue(socket.subscribe(PROOF, "o", ys(others)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            String invoice = TestInvoices.of(Msat.ofSat(10), "");
            String quote = wallet.meltQuote(invoice).path("quote").textValue();
            assertTrue(socket.subscribe(MELT_QUOTE, "q", List.of(quote)).has("result"));
            assertEquals("UNPAID", socket.nextState());
            // The first notices may have been sent before anyone listened; from here on none is
            // lost, which a swap shows.
            assertEquals(2, TestWallet.sum(wallet.swap(others, List.of(1L, 1L))));
            assertEquals("PENDING", socket.nextState());
            assertEquals("SPENT", socket.nextState());
            assertEquals("PAID", wallet.melt(quote, proofs, List.of()).ok().path("state").asText());
            assertEquals(
                    Map.of("p", List.of("PENDING", "SPENT"), "q", List.of("PENDING", "PAID")),
                    nextStates(socket, 4));
        }
    }

    @Test
    void changes_whileNobodyHeardThem_areToldOnceSomebodyListensAgain() {
        try (Mint here = place.start();
                Mint there = place.start();
                TestSocket socket = new TestSocket(here.url())) {
            TestWallet wallet = new TestWallet(there.url(), CurrencyUnit.SAT);
            List<Proof> first = wallet.mint(2);
            List<Proof> second = wallet.mint(4);
            assertTrue(socket.subscribe(PROOF, "a", ys(first)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            assertTrue(socket.subscribe(PROOF, "b", ys(second)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            assertEquals(2, TestWallet.sum(wallet.swap(first, List.of(1L, 1L))));
            assertEquals("PENDING", socket.nextState());
            assertEquals("SPENT", socket.nextState());
            assertEquals(1, Audit.number(place, CUT_LISTENERS)); // as a failing network would
            assertEquals(4, TestWallet.sum(wallet.swap(second, List.of(2L, 2L))));
            assertEquals(Map.of("b", List.of("PENDING", "SPENT")), nextStates(socket, 2));
        }
    }

    @Test
    void mintQuote_eventLost_isToldBecauseTheSweepAsks() {
        try (Mint here = place.start("--subscribe.sweep=50");
                TestSocket socket = new TestSocket(here.url())) {
            String quote;
            try (Mint there = place.start("--fake.pay_delay=400")) {
                TestWallet wallet = new TestWallet(there.url(), CurrencyUnit.SAT);
                quote = wallet.mintQuote(8).path("quote").textValue();
                assertTrue(socket.subscribe(MINT_QUOTE, "a", List.of(quote)).has("result"));
                assertEquals("UNPAID", socket.nextState());
            }
            assertEquals("PAID", socket.nextState());
        }
    }

    @Test
    void mistakes_areAnsweredAsJsonRpcErrors() {
        try (Mint mint = place.start();
                TestSocket socket = new TestSocket(mint.url())) {
            socket.send("{nonsense");
            assertError(-32700, socket.next());
            socket.send("{\"jsonrpc\":\"2.0\",\"id\":1}");
            assertError(-32600, socket.next());
            socket.send("[]");
            assertError(-32600, socket.next());
            socket.request("shout", Json.object());
            assertError(-32601, socket.next());
            socket.request("unsubscribe", Json.object().put("subId", "nobody"));
            assertError(-32602, socket.next());
            assertError(-32602, socket.subscribe("weather", "a", List.of("x")));
            assertError(-32602, socket.subscribe(MINT_QUOTE, "a", List.of()));
            assertError(-32602, socket.subscribe(MINT_QUOTE, "a", List.of("x")));
            assertError(-32602, socket.subscribe(PROOF, "a", List.of("02" + "00".repeat(32))));
            assertError(-32602, socket.subscribe(MINT_QUOTE, "", List.of(id())));
            assertError(-32602, socket.subscribe(MINT_QUOTE, "x".repeat(257), List.of(id())));
            List<String> many = Collections.nCopies(1001, id());
            assertError(-32602, socket.subscribe(MINT_QUOTE, "a", many));
            assertTrue(socket.subscribe(MINT_QUOTE, "a", List.of(id())).has("result"));
            assertError(-32602, socket.subscribe(MINT_QUOTE, "a", List.of(id())));
        }
    }

    @Test
    void mutatedMessages_areEachAnsweredOnce() {
        RandomGenerator random = new SplittableRandom(17);
        String valid =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscribe\",\"params\":{\"kind\":"
                        + "\"bolt11_mint_quote\",\"subId\":\"s\",\"filters\":[\"QUOTE\"]}}";
        try (Mint mint = place.start();
                TestSocket socket = new TestSocket(mint.url())) {
            for (int i = 0; i < 500; i++) {
                StringBuilder text = new StringBuilder(valid.replace("QUOTE", id()));
                for (int change = random.nextInt(3); change >= 0; change--) {
                    int at = random.nextInt(text.length());
                    if (random.nextBoolean()) {
                        text.deleteCharAt(at);
                    } else {
                        text.setCharAt(at, (char) random.nextInt(' ', 0x2fff));
                    }
                }
                socket.send(text.toString());
                JsonNode answer = socket.next();
                assertTrue(answer.has("result") ^ answer.has("error"), text + " " + answer);
            }
            assertTrue(socket.subscribe(MINT_QUOTE, "last", List.of(id())).has("result"));
        }
    }

    @Test
    void limits_ofOneConnection_hold() {
        try (Mint mint = place.start();
                TestSocket socket = new TestSocket(mint.url())) {
            for (int i = 0; i < 100; i++) {
                assertTrue(socket.subscribe(MINT_QUOTE, "s" + i, List.of(id())).has("result"));
            }
            assertError(-32000, socket.subscribe(MINT_QUOTE, "more", List.of(id())));
            socket.request("unsubscribe", Json.object().put("subId", "s0"));
            assertEquals("s0", socket.next().path("result").path("subId").textValue());
            assertTrue(socket.subscribe(MINT_QUOTE, "more", List.of(id())).has("result"));
            socket.send("x".repeat(200_000));
            assertEquals(1009, socket.closeCode());
        }
    }

    @Test
    void unsubscribed_isToldNothingMore() {
        try (Mint mint = place.start("--fake.pay_delay=0");
                TestSocket socket = new TestSocket(mint.url())) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(2);
            List<Proof> others = wallet.mint(4);
            assertTrue(socket.subscribe(PROOF, "a", ys(proofs)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            assertTrue(socket.subscribe(PROOF, "b", ys(others)).has("result"));
            assertEquals("UNSPENT", socket.nextState());
            socket.request("unsubscribe", Json.object().put("subId", "a"));
            assertTrue(socket.next().has("result"));
            assertEquals(2, TestWallet.sum(wallet.swap(proofs, List.of(1L, 1L))));
            assertEquals(4, TestWallet.sum(wallet.swap(others, List.of(2L, 2L))));
            assertEquals("b", socket.next().path("params").path("subId").textValue());
        }
    }

    @Test
    void close_ofTheMint_saysGoodbye() {
        Mint mint = place.start();
        try (TestSocket socket = new TestSocket(mint.url())) {
            assertTrue(socket.subscribe(MINT_QUOTE, "a", List.of(id())).has("result"));
            mint.close();
            assertEquals(1001, socket.closeCode());
        }
    }

    @Test
    void info_namesWhatCanBeSubscribedTo() {
        try (Mint mint = place.start()) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            JsonNode supported =
                    wallet.get("/v1/info").ok().path("nuts").path("17").path("supported");
            assertEquals(2, supported.size());
            assertEquals("bolt11", supported.path(0).path("method").textValue());
            assertEquals(
                    "[\"bolt11_mint_quote\",\"bolt11_melt_quote\",\"proof_state\"]",
                    supported.path(0).path("commands").toString());
        }
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static void assertError(int code, JsonNode message) {
        assertEquals(code, message.path("error").path("code").intValue(), message.toString());
    }
}
