package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.mint.WireMutator.Wire;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.RawHttp;
import me.owlrun.mint.testing.RawHttp.Answer;
import me.owlrun.mint.testing.Snapshot;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestLock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Ten thousand requests that were right before a seeded hand changed them: each gets a documented
/// answer, none makes the mint fail, and what is refused changes nothing.
final class MutationTest {

    private static final int MUTATIONS = Integer.getInteger("owlrun.mutations", 10_000);
    private static final long SEED = Long.getLong("owlrun.mutations.seed", 20_261_121);

    private static final Scalar LOCK_KEY = new Scalar(BigInteger.TEN);

    /// Requests between two looks at the database.
    private static final int CHUNK = 100;

    /// What a request may be answered with whose outside is broken, besides 400; 505 says that it
    /// asked for another version of HTTP.
    private static final Set<Integer> OUTSIDE = Set.of(404, 405, 408, 411, 413, 414, 415, 431, 505);

    private static final Set<String> QUOTE_TABLES =
            Set.of("mint_quote", "melt_quote", "fake_invoice");

    private final Set<Integer> documented =
            Arrays.stream(ErrorCode.values()).map(ErrorCode::number).collect(Collectors.toSet());
    private final Map<String, Integer> counts = new TreeMap<>();
    private final TestMint place = TestMint.fresh();

    /// What a request may change when it is right.
    private enum Writes {
        NOTHING,
        QUOTES,
        MONEY
    }

    /// A right request to a route of the mint.
    ///
    /// @param body empty for a GET
    private record Route(String path, Optional<ObjectNode> body, Writes writes) {

        String method() {
            return body.isPresent() ? "POST" : "GET";
        }
    }

    /// Every route, a line each.
    private static List<Route> routes(TestWallet wallet) {
        List<Proof> inputs = mint(wallet, 7);
        List<Long> amounts = List.of(1L, 2L, 4L);
        String invoice = TestInvoices.of(Msat.ofSat(4), "");
        String mintQuote = paidQuote(wallet, 7);
        String meltQuote = wallet.meltQuote(invoice).path("quote").textValue();
        ObjectNode mint = Json.object().put("quote", mintQuote);
        ObjectNode melt = wallet.withInputs(Json.object().put("quote", meltQuote), mint(wallet, 7));
        ObjectNode check = Json.object();
        inputs.forEach(input -> check.withArray("Ys").add(input.y().toHex()));
        List<Route> routes = new ArrayList<>(gets(wallet, mintQuote, meltQuote));
        routes.add(post("/v1/checkstate", check, Writes.NOTHING));
        routes.add(
                post(
                        "/v1/restore",
                        wallet.withOutputs(Json.object(), wallet.outputs(amounts)),
                        Writes.NOTHING));
        routes.add(post("/v1/mint/quote/bolt11", mintQuoteRequest(7, ""), Writes.QUOTES));
        routes.add(
                post(
                        "/v1/melt/quote/bolt11",
                        Json.object().put("request", invoice).put("unit", "sat"),
                        Writes.QUOTES));
        routes.add(
                post(
                        "/v1/mint/bolt11",
                        wallet.withOutputs(mint, wallet.outputs(amounts)),
                        Writes.MONEY));
        routes.add(
                post(
                        "/v1/swap",
                        wallet.swapRequest(inputs, wallet.outputs(amounts)),
                        Writes.MONEY));
        routes.add(
                post(
                        "/v1/melt/bolt11",
                        wallet.withOutputs(melt, wallet.outputs(amounts)),
                        Writes.MONEY));
        routes.addAll(batchAndLocked(wallet));
        return routes;
    }

    private static List<Route> batchAndLocked(TestWallet wallet) {
        List<Route> routes = new ArrayList<>();
        ObjectNode locked = mintQuoteRequest(7, "").put("pubkey", LOCK_KEY.publicKey().toHex());
        routes.add(post("/v1/mint/quote/bolt11", locked, Writes.QUOTES));
        ObjectNode batch = Json.object();
        batch.putArray("quotes").add(paidQuote(wallet, 7));
        routes.add(post("/v1/mint/quote/bolt11/check", batch.deepCopy(), Writes.NOTHING));
        batch.putArray("quote_amounts").add(7);
        batch.putArray("signatures").addNull();
        routes.add(
                post(
                        "/v1/mint/bolt11/batch",
                        wallet.withOutputs(batch, wallet.outputs(List.of(1L, 2L, 4L))),
                        Writes.MONEY));
        String secret = TestLock.p2pk(LOCK_KEY).withKeys("refund", LOCK_KEY).secret();
        List<Proof> proofs =
                TestLock.signed(wallet.lock(mint(wallet, 8), 8, List.of(secret)), LOCK_KEY);
        routes.add(
                post(
                        "/v1/swap",
                        wallet.swapRequest(proofs, wallet.outputs(List.of(8L))),
                        Writes.MONEY));
        return routes;
    }

    private static List<Route> gets(TestWallet wallet, String mintQuote, String meltQuote) {
        return Stream.of(
                        "/v1/keys",
                        "/v1/keys/" + wallet.keyset().id().value(),
                        "/v1/keysets",
                        "/v1/info",
                        "/healthz",
                        "/v1/mint/quote/bolt11/" + mintQuote,
                        "/v1/melt/quote/bolt11/" + meltQuote)
                .map(path -> new Route(path, Optional.empty(), Writes.NOTHING))
                .toList();
    }

    private static Route post(String path, ObjectNode body, Writes writes) {
        return new Route(path, Optional.of(body), writes);
    }

    private static ObjectNode mintQuoteRequest(long amount, String description) {
        return Json.object()
                .put("amount", amount)
                .put("unit", "sat")
                .put("description", description);
    }

    /// Quotes are paid at once or never here, so that nothing changes by itself.
    private static String paidQuote(TestWallet wallet, long amount) {
        ObjectNode request = mintQuoteRequest(amount, "{\"pay_delay_ms\":0}");
        String id = wallet.post("/v1/mint/quote/bolt11", request).ok().path("quote").textValue();
        wallet.awaitPaid(id);
        return id;
    }

    private static List<Proof> mint(TestWallet wallet, long amount) {
        List<Proof> proofs = wallet.mint(paidQuote(wallet, amount), amount);
        assertEquals(Amounts.split(amount).size(), proofs.size());
        return proofs;
    }

    @Test
    void anyRequest_mutated_getsADocumentedAnswerAndChangesNothing() {
        try (Mint mint = place.start("--fake.pay_delay=86400000");
                RawHttp http = new RawHttp(mint.port())) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Route> routes = routes(wallet);
            Snapshot before = Snapshot.of(place);
            Set<Writes> allowed = new TreeSet<>();
            for (int i = 0; i < MUTATIONS; i++) {
                send(http, routes, i).ifPresent(allowed::add);
                if ((i + 1) % CHUNK == 0) {
                    before = requireUnchanged(before, allowed, i);
                    allowed.clear();
                }
            }
            assertEquals("ok", wallet.get("/healthz").ok().path("status").textValue());
        }
        System.out.printf("Mutations, seed %d: %s%n", SEED, counts);
        int refused = counts.getOrDefault("400", 0);
        assertTrue(refused > MUTATIONS / 2, "only " + refused + " were refused");
        long outstanding =
                Audit.number(
                        place,
                        "SELECT coalesce(sum(output_amount) - sum(input_amount), 0)"
                                + " FROM operation WHERE unit = 'sat'");
        Audit.check(place, CurrencyUnit.SAT, outstanding);
    }

    /// @return what it may have changed, if it was right after all
    private Optional<Writes> send(RawHttp http, List<Route> routes, int number) {
        SplittableRandom random = new SplittableRandom(SEED + number);
        Route route = routes.get(random.nextInt(routes.size()));
        boolean outside = route.body().isEmpty() || random.nextInt(12) == 0;
        byte[] body =
                route.body()
                        .map(right ->
                                outside ? Json.bytes(right) : new JsonMutator(random).mutate(right))
                        .orElse(new byte[0]);
        Wire wire =
                outside
                        ? new WireMutator(random).mutate(route.method(), route.path(), body)
                        : WireMutator.plain(route.method(), route.path(), body);
        Answer answer = http.send(wire.bytes(), wire.hasBody(), wire.last());
        counts.merge("" + answer.status(), 1, Integer::sum);
        check(wire, outside, answer, "mutation " + number + " of " + route.path() + ": " + answer);
        return answer.status() == 200 ? Optional.of(route.writes()) : Optional.empty();
    }

    private void check(Wire wire, boolean outside, Answer answer, String what) {
        int status = answer.status();
        boolean silent = status == 0 || !wire.hasBody() || status == 204 || status == 304;
        if (silent && wire.broken()) {
            return;
        }
        if (status == 200) {
            assertTrue(!answer.body().isEmpty(), what);
            return;
        }
        assertTrue(status == 400 || (outside && OUTSIDE.contains(status)), what);
        JsonNode body = Json.parse(answer.body());
        assertEquals("application/json", answer.contentType(), what);
        assertTrue(documented.contains(body.path("code").intValue()), what);
        assertTrue(body.path("detail").isTextual() && body.size() == 2, what);
    }

    private Snapshot requireUnchanged(Snapshot before, Set<Writes> allowed, int number) {
        Snapshot now = Snapshot.of(place);
        Set<String> changed = now.changedSince(before);
        if (allowed.contains(Writes.QUOTES)) {
            changed.removeAll(QUOTE_TABLES);
        }
        if (!allowed.contains(Writes.MONEY)) {
            assertEquals(Set.of(), changed, "changed by refused ones up to mutation " + number);
        }
        return now;
    }
}
