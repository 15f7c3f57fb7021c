package me.owlrun.bench;

import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.Scalar;
import me.owlrun.money.Msat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// Makes what the phases use up, before the clock runs: coins minted for play-money invoices that
/// pay themselves, outputs, and invoices to pay.
final class Supply {

    private static final int COINS_AT_ONCE = 100;
    private static final long POLL_NANOS = 20_000_000;
    private static final int POLLS_MAX = 1_500;

    private final Target target;
    private final Books books;
    private final RandomGenerator random;
    private final InstantSource clock;

    Supply(Target target, Books books, RandomGenerator random, InstantSource clock) {
        this.target = target;
        this.books = books;
        this.random = random;
        this.clock = clock;
    }

    /// Coins of these amounts, in this order.
    List<Coin> coins(List<Long> amounts) {
        List<Coin> coins = new ArrayList<>(amounts.size());
        try (MintClient client = new MintClient(target)) {
            for (int from = 0; from < amounts.size(); from += COINS_AT_ONCE) {
                int to = Math.min(amounts.size(), from + COINS_AT_ONCE);
                coins.addAll(mint(client, amounts.subList(from, to)));
            }
        } catch (Refusal e) {
            throw new BenchException("the mint does not mint: " + e.kind(), e);
        }
        return coins;
    }

    private List<Coin> mint(MintClient client, List<Long> amounts) throws Refusal {
        String quote = client.mintQuote(amounts.stream().mapToLong(Long::longValue).sum());
        for (int polls = 0; !client.isPaid(quote); polls++) {
            if (polls == POLLS_MAX) {
                throw new BenchException(
                        "an invoice stays unpaid; the mint needs a Lightning backend that pays its"
                                + " own invoices");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        List<Coin> coins = client.mint(quote, outputs(amounts.size()), amounts);
        books.minted(coins);
        return coins;
    }

    List<Output> outputs(int count) {
        List<Output> outputs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            outputs.add(Output.random(random));
        }
        return outputs;
    }

    /// An invoice of nobody in particular, which any play-money backend pays.
    String invoice(long amountSat) {
        byte[] preimage = new byte[Scalar.BYTES];
        random.nextBytes(preimage);
        return InvoiceWriter.write(
                new InvoiceWriter.Draft(
                        "bc",
                        Msat.ofSat(amountSat),
                        PaymentHash.ofPreimage(preimage),
                        HexFormat.of().formatHex(preimage),
                        "bench",
                        clock.instant(),
                        Duration.ofHours(1)),
                new Scalar(BigInteger.TWO));
    }

    static List<Long> amounts(int count, long amountSat) {
        return Collections.nCopies(count, amountSat);
    }
}
