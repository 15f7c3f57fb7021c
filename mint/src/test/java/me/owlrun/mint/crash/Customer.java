package me.owlrun.mint.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.crash.Caller.Answer;
import me.owlrun.mint.crash.Caller.Request;
import me.owlrun.mint.testing.TestWallet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// Somebody with a purse in sat and one in msat who mints, swaps and melts without end, writes down
/// every request that was carried out with its answer, and insists on an answer whatever dies.
final class Customer {

    private static final int AMOUNT_MAX = 300;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Caller caller;
    private final RandomGenerator random;
    private final List<Purse> purses;
    private final int stuckMax;
    private final List<Deed> deeds = new ArrayList<>();
    private final List<Melt> open = new ArrayList<>();
    private final Map<Script, Integer> melts = new EnumMap<>(Script.class);
    private int inside;
    private int replays;
    private int doubles;

    /// @param purses one of each unit
    /// @param stuckMax how many payments it makes that never end, of each kind
    Customer(Caller caller, RandomGenerator random, List<Purse> purses, int stuckMax) {
        this.caller = caller;
        this.random = random;
        this.purses = purses;
        this.stuckMax = stuckMax;
    }

    /// A request that was carried out, and its answer for ever.
    private record Deed(Request request, String answer) {}

    /// A payment under way.
    ///
    /// @param cost amount and fee, if it is paid
    private record Melt(
            Purse purse,
            String path,
            String end,
            Request request,
            long cost,
            List<Proof> inputs,
            List<OutputData> blanks) {}

    List<Purse> purses() {
        return purses;
    }

    int deeds() {
        return deeds.size();
    }

    int replays() {
        return replays;
    }

    int doubles() {
        return doubles;
    }

    int inside() {
        return inside;
    }

    Map<Script, Integer> melts() {
        return Collections.unmodifiableMap(melts);
    }

    /// Does one thing.
    void act() {
        Purse purse = purses.get(random.nextInt(purses.size()));
        if (purse.held().size() < 4) {
            mint(purse, 1 + random.nextInt(AMOUNT_MAX));
        }
        switch (random.nextInt(12)) {
            case 0, 1 -> mint(purse, 1 + random.nextInt(AMOUNT_MAX));
            case 2, 3, 4, 5 -> swap(purse);
            case 6, 7, 8 -> payOutside(purse, script());
            case 9 -> payInside(purse, purses.get(random.nextInt(purses.size())));
            case 10 -> replay();
            default -> spendTwice(purse);
        }
        settle();
    }

    private Script script() {
        List<Script> all = List.of(Script.values());
        Script script = all.get(random.nextInt(all.size()));
        boolean often = script.end().equals("PENDING") && melts.getOrDefault(script, 0) >= stuckMax;
        return often ? Script.PAID : script;
    }

    private void mint(Purse purse, long amount) {
        mint(purse, quote(purse, amount, ""), amount);
    }

    private JsonNode quote(Purse purse, long amount, String description) {
        ObjectNode body = Json.object().put("amount", amount).put("unit", purse.unit().text());
        body.put("description", description);
        return caller.insist(Request.post("/v1/mint/quote/bolt11", body), random).ok();
    }

    private void mint(Purse purse, JsonNode quote, long amount) {
        List<OutputData> outputs = purse.outputs(amount);
        ObjectNode body = Json.object().put("quote", quote.path("quote").textValue());
        Request request =
                Request.post("/v1/mint/bolt11", purse.wallet().withOutputs(body, outputs));
        purse.minted(outputs, carryOut(request));
    }

    private void swap(Purse purse) {
        List<Proof> inputs = purse.draw(1 + random.nextInt(AMOUNT_MAX), random);
        if (inputs.isEmpty()) {
            return;
        }
        List<OutputData> outputs = purse.outputs(TestWallet.sum(inputs) - purse.fee(inputs));
        Request request = Request.post("/v1/swap", purse.wallet().swapRequest(inputs, outputs));
        purse.swapped(inputs, outputs, carryOut(request));
    }

    private JsonNode carryOut(Request request) {
        Answer answer = caller.insist(request, random);
        JsonNode ok = answer.ok();
        deeds.add(new Deed(request, answer.body()));
        return ok;
    }

    private void payOutside(Purse purse, Script script) {
        long amount = 1L + random.nextInt(AMOUNT_MAX / 4);
        String invoice = script.invoice(purse.unit().toMsat(amount));
        boolean begun = pay(purse, invoice, script.end(), 1);
        melts.merge(script, begun ? 1 : 0, Integer::sum);
    }

    /// Pays a quote of this mint from another one; ecash of one unit becomes the other.
    private void payInside(Purse from, Purse to) {
        long amount = 1L + random.nextInt(AMOUNT_MAX / 4);
        JsonNode quote = quote(to, amount, "{\"pay_delay_ms\":-1}");
        if (pay(from, quote.path("request").textValue(), "PAID", 0)) {
            mint(to, quote, amount);
            inside++;
        }
    }

    /// @param fee what Lightning takes
    /// @return false when the purse has not got enough
    private boolean pay(Purse purse, String invoice, String end, long fee) {
        ObjectNode ask = Json.object().put("request", invoice).put("unit", purse.unit().text());
        JsonNode quote = caller.insist(Request.post("/v1/melt/quote/bolt11", ask), random).ok();
        long amount = quote.path("amount").longValue();
        List<Proof> inputs = purse.draw(amount + quote.path("fee_reserve").longValue(), random);
        if (inputs.isEmpty()) {
            return false;
        }
        String id = quote.path("quote").textValue();
        List<OutputData> blanks = purse.blanks();
        ObjectNode body = purse.wallet().withInputs(Json.object().put("quote", id), inputs);
        Request request = Request.post("/v1/melt/bolt11", purse.wallet().withOutputs(body, blanks));
        String path = "/v1/melt/quote/bolt11/" + id;
        Melt melt = new Melt(purse, path, end, request, amount + fee, inputs, blanks);
        purse.began(inputs);
        Answer answer = caller.insist(request, random);
        if (answer.code() == 20004) {
            release(melt);
        } else if (!settled(melt, answer)) {
            open.add(melt);
        }
        return true;
    }

    /// Looks after one payment under way.
    private void settle() {
        if (!open.isEmpty()) {
            Melt melt = open.remove(random.nextInt(open.size()));
            if (!settled(melt, caller.insist(Request.get(melt.path()), random))) {
                open.add(melt);
            }
        }
    }

    /// @return false when it is not known yet how it ended
    private boolean settled(Melt melt, Answer answer) {
        JsonNode quote = answer.ok();
        String state = quote.path("state").textValue();
        if (state.equals("PAID")) {
            assertEquals("PAID", melt.end(), "paid, not " + melt.end());
            melt.purse().paid(melt.inputs(), melt.blanks(), melt.cost(), quote);
            deeds.add(new Deed(melt.request(), answer.body()));
            return true;
        }
        if (state.equals("UNPAID")) {
            release(melt);
            return true;
        }
        assertEquals("PENDING", state);
        return false;
    }

    private static void release(Melt melt) {
        assertEquals("UNPAID", melt.end(), "given back, not " + melt.end());
        melt.purse().released(melt.inputs());
    }

    private void replay() {
        if (!deeds.isEmpty()) {
            replay(deeds.get(random.nextInt(deeds.size())));
        }
    }

    private void replay(Deed deed) {
        Answer again = caller.insist(deed.request(), random);
        assertEquals(200, again.status(), deed.request().path() + ": " + again);
        assertEquals(deed.answer(), again.body(), "a replay of " + deed.request().path());
        replays++;
    }

    /// What is spent or pending cannot be spent, at any mint.
    private void spendTwice(Purse purse) {
        List<Proof> busy =
                open.stream()
                        .filter(melt -> melt.purse() == purse && !melt.end().equals("UNPAID"))
                        .flatMap(melt -> melt.inputs().stream())
                        .toList();
        boolean pending = !busy.isEmpty() && random.nextBoolean();
        List<Proof> gone = pending ? busy : purse.spent();
        if (gone.isEmpty()) {
            return;
        }
        List<Proof> inputs = List.of(gone.get(random.nextInt(gone.size())));
        long net = inputs.getFirst().amount() - purse.fee(inputs);
        if (net < 1) {
            return;
        }
        ObjectNode body = purse.wallet().swapRequest(inputs, purse.outputs(net));
        Answer answer = caller.insist(Request.post("/v1/swap", body), random);
        boolean refused = answer.code() == 11001 || (pending && answer.code() == 11002);
        assertTrue(refused, () -> "spent twice: " + answer);
        doubles++;
    }

    /// Waits until every payment is at rest that can come to rest.
    ///
    /// @param deadline in nanoseconds of [System#nanoTime]
    void finish(long deadline) {
        while (open.stream().anyMatch(melt -> !melt.end().equals("PENDING"))) {
            assertTrue(System.nanoTime() < deadline, () -> "payments stay pending: " + open.size());
            settle();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// Replays every request that was ever carried out.
    void replayAll() {
        deeds.forEach(this::replay);
    }
}
