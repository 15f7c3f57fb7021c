package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The gateway is killed at each step of a withdrawal and at random moments, hangs while another
/// takes over, and the mint's answers are lost: who is paid is paid once, and the account loses
/// just that. See [FaultCrashTest].
final class FaultWithdrawalTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final long SATS = 256;
    private static final Duration TURN_MAX = Duration.ofSeconds(90);
    private static final Msat AMOUNT = Msat.ofSat(3);
    private static final String FAILS = "{\"pay_invoice_state\":\"FAILED\"}";

    private static final String OFFER = "POST /v1/melt/quote/bolt11 ";
    private static final String MELT = "POST /v1/melt/bolt11 ";
    private static final String LOOK = "GET /v1/melt/quote/";
    private static final String PAID = "SELECT count(*) FROM payout WHERE state = 'paid'";

    /// Accounts with a balance, and as many coins of a fitting size in the vault.
    private static List<FaultAccount> accounts(FaultPlace place) {
        List<FaultAccount> accounts = place.accounts(ROUNDS, Msat.ZERO);
        List<FaultTopup> topups =
                accounts.stream().map(account -> FaultTopup.lightning(account, SATS)).toList();
        for (FaultTopup topup : topups) {
            var _ = topup.ask();
        }
        for (FaultTopup topup : topups) {
            assertEquals(0, topup.end(false).lossMsat());
        }
        return accounts;
    }

    @Test
    void ecash_whateverBreaks_isGivenOnce(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, "none");
            List<FaultAccount> accounts = accounts(place);
            FaultMoves moves =
                    new FaultMoves(
                            place,
                            ROUNDS,
                            lane -> FaultWithdrawal.ecash(place, accounts.get(lane), AMOUNT));
            FaultMoments fault = new FaultMoments(place, image, SEED);
            moves.row(
                    "ecash withdrawal, gateway killed with the intent written",
                    () -> fault.killWith(FaultLine.Mode.HOLD_REQUESTS, FaultLine.SWAP, ROUNDS));
            moves.row(
                    "ecash withdrawal, gateway killed before it books",
                    () -> fault.killWith(FaultLine.Mode.HOLD, FaultLine.SWAP, ROUNDS));
            long paid = place.number(PAID);
            moves.row(
                    "ecash withdrawal, gateway killed after it booked",
                    () -> fault.killWhen(PAID, paid + ROUNDS));
            fault.answers(moves, "ecash withdrawal", FaultLine.SWAP);
            moves.row(
                    "ecash withdrawal, gateway killed at random moments",
                    FaultMoments.AT_ONCE,
                    fault::killSoon);
        }
    }

    @Test
    void lightning_whateverBreaks_isPaidOnce(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, "none");
            List<FaultAccount> accounts = accounts(place);
            FaultMoves moves = payments(place, accounts, "");
            FaultMoments fault = new FaultMoments(place, image, SEED);
            moves.row(
                    "payment, gateway killed while it asks for the offer",
                    () -> fault.killWith(FaultLine.Mode.HOLD, OFFER, ROUNDS));
            moves.row(
                    "payment, gateway killed with the intent written",
                    () -> fault.killWith(FaultLine.Mode.HOLD_REQUESTS, MELT, ROUNDS));
            moves.row(
                    "payment, gateway killed before it books",
                    () -> fault.killWith(FaultLine.Mode.HOLD, MELT, ROUNDS));
            long paid = place.number(PAID);
            moves.row(
                    "payment, gateway killed after it booked",
                    () -> fault.killWhen(PAID, paid + ROUNDS));
            fault.answers(moves, "payment", MELT, LOOK);
            moves.row(
                    "payment, gateway killed at random moments",
                    FaultMoments.AT_ONCE,
                    fault::killSoon);
            FaultMoves failing = payments(place, accounts, FAILS);
            failing.row(
                    "payment fails, gateway killed before the coins are taken back",
                    () -> fault.killWith(FaultLine.Mode.HOLD_REQUESTS, FaultLine.SWAP, ROUNDS));
            failing.row(
                    "payment fails, gateway killed before it books the coins",
                    () -> fault.killWith(FaultLine.Mode.HOLD, FaultLine.SWAP, ROUNDS));
            moves.row(
                    "payment, gateway hangs, another takes over, it goes on",
                    () -> takeOver(place));
        }
    }

    private static FaultMoves payments(
            FaultPlace place, List<FaultAccount> accounts, String script) {
        return new FaultMoves(
                place,
                ROUNDS,
                lane -> FaultWithdrawal.lightning(place, accounts.get(lane), AMOUNT, script));
    }

    /// The first gateway has the mint's answers still to come when it goes on.
    private static void takeOver(FaultPlace place) {
        FaultLine line = place.line();
        int wanted = line.held() + ROUNDS;
        long paid = place.number(PAID) + ROUNDS;
        line.mode(FaultLine.Mode.HOLD, MELT);
        Waiting.within(TURN_MAX, "held", () -> line.held() >= wanted);
        place.signal("STOP");
        place.startHere("b");
        Waiting.within(TURN_MAX, "taken over", () -> place.number(PAID) == paid);
        place.signal("CONT");
        line.release();
    }

    @AfterAll
    static void print() {
        FaultTally.print(SEED);
    }
}
