package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestLock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// A thousand requests that were right before a seeded hand changed them: each gets a documented
/// answer, none makes the mint fail, and the books stay right.
final class MutationTest {

    private static final int MUTATIONS = 1_000;
    private static final long SEED = 20_261_121;

    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1",
                    "1.5",
                    "1e400",
                    "9223372036854775807",
                    "9223372036854775808",
                    "\"\"",
                    "\"x\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "[]",
                    "{}",
                    "[[]]",
                    "[null]",
                    "{\"a\":1}",
                    "\"00\"",
                    "\"sat\"",
                    "\"msat\"",
                    "\"02a9acc1e48c25eeeb9289b5031cc57da9fe72f3fe2861d264bdc074209b107ba2\"",
                    "\"019e6d5a-2347-7000-80fe-07ae8fa79774\"");

    private static final Scalar LOCK_KEY = new Scalar(BigInteger.TEN);

    private final Random random = new Random(SEED);

    /// A valid request to an endpoint.
    private record Sample(String path, ObjectNode body) {}

    @Test
    void anyRequest_mutated_getsADocumentedAnswer() {
        Set<Integer> documented =
                Arrays.stream(ErrorCode.values())
                        .map(ErrorCode::number)
                        .collect(Collectors.toSet());
        TestMint place = TestMint.fresh();
        int refused = 0;
        try (Mint mint = place.start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Sample> samples = samples(wallet);
            for (int i = 0; i < MUTATIONS; i++) {
                Sample sample = samples.get(random.nextInt(samples.size()));
                String text = mutate(sample.body());
                Reply reply = wallet.post(sample.path(), text.getBytes(StandardCharsets.UTF_8));
                String what = "mutation " + i + " of " + sample.path() + ": " + reply;
                if (reply.status() != 200) {
                    refused++;
                    assertEquals(400, reply.status(), what);
                    assertTrue(documented.contains(reply.code()), what);
                    assertEquals(2, reply.body().size(), what);
                }
            }
            assertEquals("ok", wallet.get("/healthz").ok().path("status").textValue());
        }
        assertTrue(refused > MUTATIONS / 2, "only " + refused + " were refused");
        long outstanding =
                Audit.number(
                        place,
                        "SELECT coalesce(sum(output_amount) - sum(input_amount), 0)"
                                + " FROM operation WHERE unit = 'sat'");
        Audit.check(place, CurrencyUnit.SAT, outstanding);
    }

    private static List<Sample> samples(TestWallet wallet) {
        List<Proof> inputs = wallet.mint(7);
        List<Long> amounts = List.of(1L, 2L, 4L);
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample("/v1/swap", wallet.swapRequest(inputs, wallet.outputs(amounts))));
        String mintQuote = wallet.mintQuote(7).path("quote").textValue();
        samples.add(
                new Sample(
                        "/v1/mint/bolt11",
                        wallet.withOutputs(
                                Json.object().put("quote", mintQuote), wallet.outputs(amounts))));
        String pubkey = LOCK_KEY.publicKey().toHex();
        samples.add(
                new Sample(
                        "/v1/mint/quote/bolt11",
                        Json.object().put("amount", 7).put("unit", "sat").put("pubkey", pubkey)));
        ObjectNode batch = Json.object();
        batch.putArray("quotes").add(wallet.mintQuote(7).path("quote"));
        samples.add(new Sample("/v1/mint/quote/bolt11/check", batch.deepCopy()));
        batch.putArray("quote_amounts").add(7);
        batch.putArray("signatures").addNull();
        samples.add(
                new Sample(
                        "/v1/mint/bolt11/batch",
                        wallet.withOutputs(batch, wallet.outputs(amounts))));
        String secret = TestLock.p2pk(LOCK_KEY).withKeys("refund", LOCK_KEY).secret();
        List<Proof> locked = TestLock.signed(wallet.mintLocked(8, List.of(secret)), LOCK_KEY);
        samples.add(
                new Sample("/v1/swap", wallet.swapRequest(locked, wallet.outputs(List.of(8L)))));
        String invoice = TestInvoices.of(Msat.ofSat(4), "");
        samples.add(
                new Sample(
                        "/v1/melt/quote/bolt11",
                        Json.object().put("request", invoice).put("unit", "sat")));
        String meltQuote = wallet.meltQuote(invoice).path("quote").textValue();
        ObjectNode melt = wallet.withInputs(Json.object().put("quote", meltQuote), wallet.mint(7));
        samples.add(
                new Sample("/v1/melt/bolt11", wallet.withOutputs(melt, wallet.outputs(amounts))));
        samples.add(
                new Sample(
                        "/v1/restore", wallet.withOutputs(Json.object(), wallet.outputs(amounts))));
        ObjectNode check = Json.object();
        inputs.forEach(input -> check.withArray("Ys").add(input.y().toHex()));
        samples.add(new Sample("/v1/checkstate", check));
        return samples;
    }

    private String mutate(ObjectNode valid) {
        ObjectNode body = valid.deepCopy();
        for (int edits = random.nextInt(3); edits >= 0; edits--) {
            mutateNode(body);
        }
        String text = Json.text(body);
        return switch (random.nextInt(12)) {
            case 0 -> text.substring(0, random.nextInt(text.length() + 1));
            case 1 -> text + text;
            case 2 -> "[".repeat(random.nextInt(200)) + text;
            default -> text;
        };
    }

    /// Changes one place somewhere below a node.
    private void mutateNode(JsonNode node) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            JsonNode child = object.path(name);
            if (child.isContainerNode() && random.nextInt(4) > 0) {
                mutateNode(child);
            } else if (random.nextInt(4) == 0) {
                object.remove(name);
            } else {
                object.set(name, value(child));
            }
        } else if (node instanceof ArrayNode array && !array.isEmpty()) {
            int at = random.nextInt(array.size());
            switch (random.nextInt(4)) {
                case 0 -> array.remove(at);
                case 1 -> array.add(array.path(at).deepCopy());
                case 2 -> array.set(at, value(array.path(at)));
                default -> mutateNode(array.path(at));
            }
        }
    }

    private JsonNode value(JsonNode before) {
        if (before.isTextual() && !before.textValue().isEmpty() && random.nextBoolean()) {
            StringBuilder text = new StringBuilder(before.textValue());
            text.setCharAt(random.nextInt(text.length()), (char) (32 + random.nextInt(300)));
            return Json.array().textNode(text.toString());
        }
        return Json.parse(VALUES.get(random.nextInt(VALUES.size())));
    }
}
