package me.owlrun.gateway;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/// The gateway is killed at each step of a top-up and at random moments, and the mint's answers are
/// lost: the account has what was paid in exactly once. See [FaultCrashTest].
final class FaultTopupTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final long SATS = 64;

    private static final String MINT = "POST /v1/mint/bolt11 ";
    private static final String INVOICE = "POST /v1/mint/quote/bolt11 ";
    private static final String LOOK = "GET /v1/mint/quote/";
    private static final String RUNNING = "SELECT count(*) FROM topup WHERE state = 'running'";
    private static final String CREDITED = "SELECT count(*) FROM topup WHERE state = 'credited'";

    @Test
    void ecash_whateverBreaks_isCreditedOnce(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, "none");
            List<FaultAccount> accounts = place.accounts(ROUNDS, Msat.ZERO);
            FaultMoves moves =
                    new FaultMoves(
                            place,
                            ROUNDS,
                            lane ->
                                    FaultTopup.ecash(
                                            place,
                                            accounts.get(lane),
                                            lane % 2 == 0 ? CurrencyUnit.SAT : CurrencyUnit.MSAT));
            FaultMoments fault = new FaultMoments(place, image, SEED);
            moves.row(
                    "ecash top-up, gateway killed with the intent written",
                    () -> fault.killWith(FaultLine.Mode.HOLD_REQUESTS, FaultLine.SWAP, ROUNDS));
            moves.row(
                    "ecash top-up, gateway killed before it books",
                    () -> fault.killWith(FaultLine.Mode.HOLD, FaultLine.SWAP, ROUNDS));
            long credited = place.number(CREDITED);
            moves.row(
                    "ecash top-up, gateway killed after it booked",
                    () -> fault.killWhen(CREDITED, credited + ROUNDS));
            fault.answers(moves, "ecash top-up", FaultLine.SWAP);
            moves.row(
                    "ecash top-up, gateway killed at random moments",
                    FaultMoments.AT_ONCE,
                    fault::killSoon);
        }
    }

    @Test
    void lightning_whateverBreaks_isCreditedOnce(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, "none");
            List<FaultAccount> accounts = place.accounts(ROUNDS, Msat.ZERO);
            FaultMoves moves =
                    new FaultMoves(
                            place, ROUNDS, lane -> FaultTopup.lightning(accounts.get(lane), SATS));
            FaultMoments fault = new FaultMoments(place, image, SEED);
            moves.row(
                    "Lightning top-up, gateway killed while it asks for the invoice",
                    () -> fault.killWith(FaultLine.Mode.HOLD, INVOICE, ROUNDS));
            // One thread follows all invoices, so that it cannot be held at each of them: what it
            // wrote down when the mint is never asked, or never heard, is the same.
            moves.row(
                    "Lightning top-up, gateway killed with the minting written",
                    () -> fault.killWhile(FaultLine.Mode.DROP, MINT, RUNNING, ROUNDS));
            moves.row(
                    "Lightning top-up, gateway killed before it books",
                    () -> fault.killWhile(FaultLine.Mode.LOSE_ALL, MINT, RUNNING, ROUNDS));
            long credited = place.number(CREDITED);
            moves.row(
                    "Lightning top-up, gateway killed after it booked",
                    () -> fault.killWhen(CREDITED, credited + ROUNDS));
            fault.answers(moves, "Lightning top-up", MINT, LOOK);
            moves.row(
                    "Lightning top-up, gateway killed at random moments",
                    FaultMoments.AT_ONCE,
                    fault::killSoon);
        }
    }

    @AfterAll
    static void print() {
        FaultTally.print(SEED);
    }
}
