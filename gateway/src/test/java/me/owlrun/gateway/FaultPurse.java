package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// All the money of the buyers in a fault test: tokens to spend, and what came back of them, which
/// was swapped at the mint and so is really there. Thread-safe.
final class FaultPurse {

    private static final int TOKENS_AT_ONCE = 64;

    private final Map<CurrencyUnit, Pocket> pockets = new EnumMap<>(CurrencyUnit.class);

    /// The money of one unit.
    private record Pocket(
            TestWallet wallet, Queue<String> tokens, AtomicLong held, ReentrantLock filling) {}

    FaultPurse(String mintUrl) {
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            pockets.put(
                    unit,
                    new Pocket(
                            new TestWallet(mintUrl, unit),
                            new ConcurrentLinkedQueue<>(),
                            new AtomicLong(),
                            new ReentrantLock()));
        }
    }

    private Pocket pocket(CurrencyUnit unit) {
        return Objects.requireNonNull(pockets.get(unit));
    }

    /// What a token of a unit is made of: one coin, or a few.
    private static List<Long> coins(CurrencyUnit unit) {
        return unit == CurrencyUnit.SAT ? List.of(4L, 2L, 1L) : List.of(4096L, 512L, 1L);
    }

    /// A token's worth in millisats.
    static long worth(CurrencyUnit unit) {
        long amount = coins(unit).stream().mapToLong(Long::longValue).sum();
        return unit.toMsat(amount).value();
    }

    /// A fresh token, worth [#worth].
    String take(CurrencyUnit unit) {
        Pocket pocket = pocket(unit);
        pocket.filling().lock(); // who finds it empty fills it for all
        try {
            if (pocket.tokens().isEmpty()) {
                fill(unit);
            }
            return pocket.tokens().remove();
        } finally {
            pocket.filling().unlock();
        }
    }

    private void fill(CurrencyUnit unit) {
        TestWallet wallet = pocket(unit).wallet();
        List<Long> coins = coins(unit);
        long each = coins.stream().mapToLong(Long::longValue).sum();
        List<Proof> minted = wallet.mint(each * TOKENS_AT_ONCE);
        List<Long> amounts =
                Collections.nCopies(TOKENS_AT_ONCE, coins).stream()
                        .flatMap(List::stream)
                        .sorted()
                        .toList();
        List<Proof> proofs = wallet.swap(minted, amounts);
        for (int i = 0; i < TOKENS_AT_ONCE; i++) {
            int at = i;
            List<Proof> own =
                    java.util.stream.IntStream.range(0, coins.size())
                            .mapToObj(coin -> proofs.get(coin * TOKENS_AT_ONCE + at))
                            .toList();
            pocket(unit).tokens().add(wallet.token(own, true));
        }
        pocket(unit).held().addAndGet(each * TOKENS_AT_ONCE);
    }

    /// Hands a token to a gateway: it is no longer held until it comes back.
    void spend(CurrencyUnit unit) {
        pocket(unit).held().addAndGet(-unit.floorSteps(Msat.of(worth(unit))));
    }

    /// Blanks for the change of a token.
    ///
    /// @param rest whether there are some for what is below a sat, too
    List<TestBlanks> blanks(CurrencyUnit unit, boolean rest) {
        List<TestBlanks> blanks = new ArrayList<>(List.of(blanks(unit)));
        if (unit == CurrencyUnit.SAT && rest) {
            blanks.add(blanks(CurrencyUnit.MSAT));
        }
        return blanks;
    }

    private TestBlanks blanks(CurrencyUnit unit) {
        return new TestBlanks(pocket(unit).wallet(), unit, unit == CurrencyUnit.SAT ? 3 : 12);
    }

    /// Cashes change; what it is worth in millisats.
    ///
    /// @param blanks what it may have gone into
    long cash(JsonNode change, List<TestBlanks> blanks) {
        long msat =
                cash(change.path("token").asText("")).orElseThrow()
                        + cash(change.path("token_msat").asText("")).orElseThrow();
        for (TestBlanks one : blanks) {
            long signed = one.cash(change);
            pocket(one.unit()).held().addAndGet(one.unit().floorSteps(Msat.of(signed)));
            msat += signed;
        }
        return msat;
    }

    /// Cashes a token; empty when its coins are spent.
    OptionalLong cash(String text) {
        if (text.isEmpty()) {
            return OptionalLong.of(0);
        }
        if (!(TokenCodec.decode(text) instanceof TokenCodec.Valid(Token token))) {
            throw new AssertionError("no token");
        }
        CurrencyUnit unit = CurrencyUnit.ofText(token.unit()).orElseThrow();
        TestWallet wallet = pocket(unit).wallet();
        var outputs = wallet.outputs(Amounts.split(token.amount()));
        TestWallet.Reply reply =
                wallet.post("/v1/swap", wallet.swapRequest(token.proofs(), outputs));
        if (reply.code() == 11001) {
            return OptionalLong.empty();
        }
        long worth = TestWallet.sum(wallet.unblind(outputs, reply.ok()));
        pocket(unit).held().addAndGet(worth);
        return OptionalLong.of(unit.toMsat(worth).value());
    }

    /// What the buyers hold, in steps of the unit.
    long held(CurrencyUnit unit) {
        return pocket(unit).held().get();
    }

    /// What the mint owes to anybody, in steps of the unit.
    long outstanding(CurrencyUnit unit) {
        long sum = 0;
        for (JsonNode keyset : pocket(unit).wallet().get("/v1/liabilities").ok().path("keysets")) {
            if (keyset.path("unit").asText().equals(unit.text())) {
                sum += keyset.path("outstanding").asLong();
            }
        }
        return sum;
    }
}
