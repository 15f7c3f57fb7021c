package me.owlrun.mint.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.crash.Caller.Answer;
import me.owlrun.mint.crash.Caller.Request;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Some cases of one unit, one after the other at one place: the mint that is killed in a case is
/// the one that picked up the pieces of the case before.
final class StepCrash implements AutoCloseable {

    private static final int SPEED = 20;
    private static final Duration PAST_THE_LEASE = Duration.ofSeconds(60);
    private static final Duration HALT_MAX = Duration.ofSeconds(20);
    private static final Duration REST_MAX = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int AMOUNT = 40;
    private static final int PURSE_MIN = 400;

    private final CurrencyUnit unit;
    private final List<StepCase> cases;
    private final TestMint place = TestMint.fresh();
    private final Fleet fleet = new Fleet();
    private final Caller caller = new Caller(fleet, false);
    private final SplittableRandom random = new SplittableRandom(1);
    private FastClock clock = FastClock.fromNow(SPEED);
    private MintProcess mint;
    private final Purse purse;
    private int kills;
    private int missed;

    StepCrash(CurrencyUnit unit, List<StepCase> cases) {
        this.unit = unit;
        this.cases = cases;
        mint = MintProcess.start(place, clock);
        fleet.up(0, mint.url());
        purse = new Purse(unit, new TestWallet(mint.url(), unit));
    }

    /// A request that is about to be sent.
    ///
    /// @param path where the state of its quote is, if it has one
    /// @param cost what a payment takes, with its fee
    private record Prepared(
            Request request, String path, long cost, List<Proof> inputs, List<OutputData> outputs) {

        /// The same request with its outputs put where a restore wants them.
        Request restore(TestWallet wallet) {
            return Request.post("/v1/restore", wallet.withOutputs(Json.object(), outputs));
        }
    }

    /// Runs them all.
    void run() {
        for (StepCase crash : cases) {
            try {
                run(crash);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(unit + ": " + crash + "\n" + mint.log(), e);
            }
        }
    }

    private void run(StepCase crash) {
        if (purse.owed() - TestWallet.sum(purse.pending()) < PURSE_MIN) {
            Prepared mint = prepareMint();
            purse.minted(mint.outputs(), caller.insist(mint.request(), random).ok());
        }
        Prepared prepared =
                switch (crash.deed()) {
                    case SWAP -> prepareSwap();
                    case MINT -> prepareMint();
                    case MELT -> prepareMelt(crash, outsideInvoice(crash), 1);
                    case MELT_INSIDE -> prepareMelt(crash, insideInvoice(), 0);
                };
        boolean halted = crash(crash.step(), prepared.request());
        restart(crash.again());
        switch (crash.deed()) {
            case SWAP, MINT -> verifyTransfer(crash, prepared, halted);
            case MELT -> verifyMelt(crash, prepared);
            case MELT_INSIDE -> verifyInside(crash, prepared, halted);
        }
        Audit.check(place, unit, purse.owed());
    }

    private Prepared prepareMint() {
        long amount = PURSE_MIN;
        ObjectNode ask = Json.object().put("amount", amount).put("unit", unit.text());
        String id = post("/v1/mint/quote/bolt11", ask).path("quote").textValue();
        List<OutputData> outputs = purse.outputs(amount);
        ObjectNode body = purse.wallet().withOutputs(Json.object().put("quote", id), outputs);
        String path = "/v1/mint/quote/bolt11/" + id;
        return new Prepared(Request.post("/v1/mint/bolt11", body), path, 0, List.of(), outputs);
    }

    private Prepared prepareSwap() {
        List<Proof> inputs = purse.draw(AMOUNT, random);
        List<OutputData> outputs = purse.outputs(TestWallet.sum(inputs) - purse.fee(inputs));
        ObjectNode body = purse.wallet().swapRequest(inputs, outputs);
        return new Prepared(Request.post("/v1/swap", body), "", 0, inputs, outputs);
    }

    private String outsideInvoice(StepCase crash) {
        return crash.script().orElseThrow().invoice(unit.toMsat(AMOUNT));
    }

    private String insideInvoice() {
        ObjectNode ask = Json.object().put("amount", AMOUNT).put("unit", unit.text());
        ask.put("description", "{\"pay_delay_ms\":-1}");
        return post("/v1/mint/quote/bolt11", ask).path("request").textValue();
    }

    private Prepared prepareMelt(StepCase crash, String invoice, long fee) {
        ObjectNode ask = Json.object().put("request", invoice).put("unit", unit.text());
        JsonNode quote = post("/v1/melt/quote/bolt11", ask);
        String id = quote.path("quote").textValue();
        long amount = quote.path("amount").longValue();
        List<Proof> inputs = purse.draw(amount + quote.path("fee_reserve").longValue(), random);
        long cost = amount + fee;
        List<OutputData> blanks = crash.blanks() ? purse.blanks() : List.of();
        if (blanks.isEmpty()) {
            inputs = exactly(cost);
        }
        ObjectNode body = purse.wallet().withInputs(Json.object().put("quote", id), inputs);
        body = purse.wallet().withOutputs(body, blanks);
        String path = "/v1/melt/quote/bolt11/" + id;
        return new Prepared(Request.post("/v1/melt/bolt11", body), path, cost, inputs, blanks);
    }

    /// Inputs that leave no change, so that asking for none loses none.
    private List<Proof> exactly(long cost) {
        List<Proof> inputs = purse.draw(cost + AMOUNT, random);
        long all = TestWallet.sum(inputs) - purse.fee(inputs);
        List<OutputData> outputs = purse.outputs(cost + 1);
        int exact = outputs.size();
        outputs = new ArrayList<>(outputs);
        outputs.addAll(purse.outputs(all - cost - 1));
        ObjectNode body = purse.wallet().swapRequest(inputs, outputs);
        int before = purse.held().size() - inputs.size();
        purse.swapped(inputs, outputs, post("/v1/swap", body));
        List<Proof> drawn = List.copyOf(purse.held().subList(before, before + exact));
        assertEquals(1, purse.fee(drawn));
        return drawn;
    }

    private JsonNode post(String path, ObjectNode body) {
        return caller.insist(Request.post(path, body), random).ok();
    }

    /// Sends a request, and kills the mint when it comes to the step.
    ///
    /// @return false when it never came there and was killed when all was done
    private boolean crash(Step step, Request request) {
        mint.arm(step, 1);
        AtomicReference<Optional<Answer>> answer = new AtomicReference<>(Optional.empty());
        Thread sender =
                Thread.ofVirtual().start(() -> answer.set(caller.once(mint.url(), request)));
        boolean halted = false;
        if (step == Step.LEDGER_WRITTEN) {
            while (!halted && sender.isAlive()) {
                halted = mint.awaitHalt(POLL);
            }
        } else {
            halted = mint.awaitHalt(HALT_MAX);
            assertTrue(halted, () -> "the step is not reached; the answer was " + answer.get());
        }
        kill(halted);
        join(sender);
        return halted;
    }

    private void kill(boolean halted) {
        mint.kill();
        kills++;
        missed += halted ? 0 : 1;
    }

    private static void join(Thread sender) {
        try {
            assertTrue(sender.join(HALT_MAX), "the request never ends");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void restart(Optional<Step> again) {
        if (again.isPresent()) {
            clock = clock.forward(PAST_THE_LEASE);
            mint = MintProcess.begin(place, clock, again.get() + ":1");
            mint.awaitReady();
            assertTrue(mint.awaitHalt(HALT_MAX), "the step is not reached after the restart");
            kill(true);
        }
        clock = clock.forward(PAST_THE_LEASE);
        mint = MintProcess.start(place, clock);
        fleet.up(0, mint.url());
    }

    /// The outputs are signed exactly if the mint died after the commit; the same request gives the
    /// same signatures then, and carries it out otherwise, once.
    private void verifyTransfer(StepCase crash, Prepared prepared, boolean halted) {
        boolean committed = crash.committed() || !halted;
        JsonNode before = caller.insist(prepared.restore(purse.wallet()), random).ok();
        int signed = committed ? prepared.outputs().size() : 0;
        assertEquals(signed, before.path("signatures").size(), "signed before the retry");
        Answer answer = caller.insist(prepared.request(), random);
        if (committed) {
            assertEquals(before.path("signatures"), answer.ok().path("signatures"));
        }
        replay(prepared, answer);
        if (crash.deed() == StepCase.Deed.MINT) {
            purse.minted(prepared.outputs(), answer.ok());
            assertEquals("ISSUED", state(prepared));
        } else {
            purse.swapped(prepared.inputs(), prepared.outputs(), answer.ok());
            requireStates(prepared.inputs(), "SPENT");
        }
    }

    private void replay(Prepared prepared, Answer answer) {
        assertEquals(answer, caller.insist(prepared.request(), random));
    }

    private void verifyInside(StepCase crash, Prepared prepared, boolean halted) {
        boolean paid = crash.step() == Step.MELT_COMMITTED || !halted;
        assertEquals(paid ? "PAID" : "UNPAID", state(prepared));
        requireStates(prepared.inputs(), paid ? "SPENT" : "UNSPENT");
        Answer answer = caller.insist(prepared.request(), random);
        replay(prepared, answer);
        purse.began(prepared.inputs());
        purse.paid(prepared.inputs(), prepared.outputs(), prepared.cost(), answer.ok());
    }

    /// Without a word of the wallet the payment comes to its end, if it was begun; a retry finds
    /// that end, or begins what was not begun.
    private void verifyMelt(StepCase crash, Prepared prepared) {
        String end = crash.script().orElseThrow().end();
        if (crash.step() == Step.MELT_VERIFIED) {
            assertEquals("UNPAID", state(prepared));
            requireStates(prepared.inputs(), "UNSPENT");
            var _ = caller.insist(prepared.request(), random);
        } else if (crash.step() == Step.LEDGER_WRITTEN && state(prepared).equals("UNPAID")) {
            var _ = caller.insist(prepared.request(), random);
        }
        awaitState(prepared, end);
        purse.began(prepared.inputs());
        switch (end) {
            case "PAID" -> {
                requireStates(prepared.inputs(), "SPENT");
                Answer paid = caller.insist(Request.get(prepared.path()), random);
                replay(prepared, paid);
                purse.paid(prepared.inputs(), prepared.outputs(), prepared.cost(), paid.ok());
            }
            case "UNPAID" -> {
                requireStates(prepared.inputs(), "UNSPENT");
                purse.released(prepared.inputs());
                spend(prepared);
            }
            default -> {
                requireStates(prepared.inputs(), "PENDING");
                Answer pending = caller.insist(Request.get(prepared.path()), random);
                replay(prepared, pending);
            }
        }
    }

    /// What was given back can be spent, blanks included.
    private void spend(Prepared prepared) {
        long net = TestWallet.sum(prepared.inputs()) - purse.fee(prepared.inputs());
        List<OutputData> outputs = purse.outputs(net);
        ObjectNode body = purse.wallet().swapRequest(prepared.inputs(), outputs);
        purse.swapped(prepared.inputs(), outputs, post("/v1/swap", body));
        JsonNode restored = caller.insist(prepared.restore(purse.wallet()), random).ok();
        assertEquals(0, restored.path("signatures").size());
    }

    private String state(Prepared prepared) {
        Answer quote = caller.insist(Request.get(prepared.path()), random);
        return quote.ok().path("state").textValue();
    }

    private void awaitState(Prepared prepared, String end) {
        long deadline = System.nanoTime() + REST_MAX.toNanos();
        while (!state(prepared).equals(end)) {
            assertTrue(System.nanoTime() < deadline, "it stays " + state(prepared));
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private void requireStates(List<Proof> proofs, String state) {
        TestWallet wallet = new TestWallet(mint.url(), unit);
        assertEquals(Collections.nCopies(proofs.size(), state), wallet.states(proofs));
    }

    /// What happened, for the closing line.
    String counts() {
        return "Killed at each step, %s: %d kills, %d of them at a step that is not reached; %s"
                .formatted(unit, kills, missed, caller.counts());
    }

    @Override
    public void close() {
        mint.close();
    }
}
