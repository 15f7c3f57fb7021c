package me.owlrun.gateway.payout;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.SpendPicker;
import me.owlrun.gateway.vault.VaultProof;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;

/// One run of payouts through bad weather: one thread, virtual time, everything from one seed. Two
/// gateways work at once: while one waits for the mint the other one goes on.
final class Simulation {

    private static final int ROUNDS = 40;
    private static final int CALM_ROUNDS = 400;
    private static final int FAULT_PERCENT = 25;
    private static final int CRASH_PERCENT = 8;
    private static final int NESTED_MAX = 2;

    private final SplittableRandom random;
    private final SimMint mint;
    private final FaultyBook book;
    private final PayoutRunner runner;
    private final long account;
    private Instant now = Instant.parse("2026-11-21T00:00:00Z");
    private int nested;
    private int asked;

    /// @param book makes the book, of the time of this simulation
    Simulation(long seed, long account, Function<Simulation, PayoutBook> book) {
        this.account = account;
        this.random = new SplittableRandom(seed);
        this.mint = new SimMint(random, FAULT_PERCENT, this::meanwhile);
        this.book = new FaultyBook(book.apply(this), random, CRASH_PERCENT);
        this.runner = new PayoutRunner(this.book, mint, this::now);
    }

    Instant now() {
        return now;
    }

    SimMint mint() {
        return mint;
    }

    /// What the other gateway does meanwhile.
    private void meanwhile() {
        if (nested < NESTED_MAX && random.nextInt(10) == 0) {
            nested++;
            try {
                work(true);
            } finally {
                nested--;
            }
        }
    }

    /// Runs to the end, when everything is closed.
    ///
    /// @param after what must hold after every round
    /// @return whether everything came to an end
    boolean run(Runnable after) {
        for (int round = 0; round < ROUNDS; round++) {
            work(random.nextInt(3) > 0);
            now = now.plusSeconds(1 + random.nextInt(90));
            mint.advance(1 + random.nextInt(20));
            after.run();
        }
        mint.heal();
        book.heal();
        for (int round = 0; round < CALM_ROUNDS; round++) {
            work(false);
            now = now.plusSeconds(601);
            mint.advance(10);
            after.run();
            if (mint.isQuiet() && book.claimOpen(1, Duration.ZERO).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void work(boolean withNew) {
        try {
            if (withNew && random.nextInt(3) == 0) {
                ask();
            }
            for (Payout payout : book.claimOpen(10, Duration.ofSeconds(random.nextInt(60)))) {
                var _ = runner.goOn(payout);
            }
        } catch (FaultyBook.CrashException e) {
            // the next one to work finds what is there
        }
    }

    private void ask() {
        asked++;
        Msat amount = Msat.ofSat(1 + random.nextInt(50));
        if (book.begin(random.nextInt(3) == 0 ? ecash(amount) : lightning(amount))
                instanceof Began.Opened(Payout payout)) {
            var _ = runner.start(payout);
        }
    }

    private PayoutRequest ecash(Msat amount) {
        return request(
                amount,
                Msat.ZERO,
                Optional.empty(),
                amount.value(),
                Amounts.split(amount.value()).size(),
                coins -> {
                    List<OutputData> outputs = new ArrayList<>();
                    Amounts.split(amount.value()).forEach(a -> outputs.add(SimMint.output(a)));
                    Amounts.split(coins.netSteps() - amount.value())
                            .forEach(a -> outputs.add(SimMint.output(a)));
                    return operation(
                            MintOperation.Purpose.WITHDRAW, coins, Optional.empty(), outputs);
                });
    }

    private PayoutRequest lightning(Msat amount) {
        String hash = "%064x".formatted(random.nextLong() & Long.MAX_VALUE);
        Msat reserve = FeeReserve.of(amount, 1);
        return request(
                amount,
                reserve,
                Optional.of(
                        new PayoutRequest.ToPay(
                                "lnbc" + hash, hash, Optional.of(now.plusSeconds(900)))),
                amount.plus(reserve).value(),
                0,
                coins ->
                        operation(
                                MintOperation.Purpose.PAYOUT,
                                coins,
                                Optional.of("quote-" + hash),
                                List.of(SimMint.output(1), SimMint.output(1))));
    }

    private PayoutRequest request(
            Msat amount,
            Msat reserve,
            Optional<PayoutRequest.ToPay> invoice,
            long need,
            int givenCount,
            Function<SpendPicker.Picked, MintOperation> plan) {
        return new PayoutRequest(
                account,
                false,
                Optional.of("key-" + asked),
                "sha-" + asked,
                amount,
                reserve,
                CurrencyUnit.MSAT,
                false,
                "",
                invoice,
                need,
                _ -> OptionalLong.of(0),
                givenCount,
                plan);
    }

    private static MintOperation operation(
            MintOperation.Purpose purpose,
            SpendPicker.Picked coins,
            Optional<String> quote,
            List<OutputData> outputs) {
        return new MintOperation(
                UUID.randomUUID(),
                purpose,
                coins.proofs().stream().map(VaultProof::proof).toList(),
                quote,
                SimMint.KEYSET,
                CurrencyUnit.MSAT,
                coins.feeSteps(),
                outputs);
    }
}
