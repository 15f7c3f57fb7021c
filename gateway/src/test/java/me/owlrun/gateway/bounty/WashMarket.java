package me.owlrun.gateway.bounty;

import me.owlrun.gateway.bounty.Allotment.ModelDay;
import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.meter.Split;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// A market in virtual time with honest buyers, and somebody who buys from himself: with as many
/// accounts as he likes, by ecash, on the models with the highest multipliers, patient enough to be
/// trusted, referring himself. It runs on the real formulas; pool and budgets are as in the store.
final class WashMarket {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Msat COST_MIN = Msat.of(10);
    private static final int JOBS_PER_DAY = 40;

    private final BountyRules rules;
    private final SplittableRandom random;
    private final int accounts;
    private final List<Settled.Offer> offers = new ArrayList<>();
    private final Map<ModelDay, Pair> spent = new HashMap<>();
    private final Map<Long, Long> monthTokens = new HashMap<>();
    private final List<Long> netByDay = new ArrayList<>();
    private final List<Long> unboundedByDay = new ArrayList<>();
    private Pair pool = Pair.ZERO;
    private int day;
    private long jobs;
    private long washerMsat;
    private long unboundedMsat;
    private long bountiesMsat;

    /// @param seed decides everything
    WashMarket(BountyRules rules, long seed) {
        this.rules = rules;
        this.random = new SplittableRandom(seed);
        this.accounts = random.nextInt(1, 30);
        int models = random.nextInt(1, 12);
        for (int i = 0; i < models; i++) {
            offers.add(
                    new Settled.Offer(
                            random.nextInt(BountyRules.ONE, rules.multiplierMax() + 1),
                            random.nextLong(1_000, 100_000_000)));
        }
    }

    /// Runs so many days.
    void run(int days) {
        for (day = 0; day < days; day++) {
            for (int job = 0; job < JOBS_PER_DAY; job++) {
                if (random.nextInt(3) == 0) {
                    settle(false, random.nextInt(offers.size()));
                } else {
                    settle(true, bestModel());
                }
            }
            netByDay.add(washerMsat);
            unboundedByDay.add(unboundedMsat);
        }
    }

    private int bestModel() {
        int best = random.nextInt(offers.size());
        for (int i = 0; i < offers.size(); i++) {
            best = offers.get(i).permille() > offers.get(best).permille() ? i : best;
        }
        return random.nextInt(4) == 0 ? random.nextInt(offers.size()) : best;
    }

    private void settle(boolean isWash, int model) {
        long provider = isWash ? 1 + random.nextInt(accounts) : 1_000;
        Msat cost = Msat.of(random.nextLong(10, 1L << random.nextInt(5, 28)));
        long tokens = monthTokens.merge(provider, cost.value(), Long::sum);
        Split split = Split.of(cost, ProviderTier.of(tokens), COST_MIN);
        Settled job = job(provider, model, split, isWash);
        Allotment allotment = allot(job);
        Msat extra = allotment.sum().sats();
        Msat referral = Extra.percent(split.fee(), rules.referralPercent());
        bountiesMsat += extra.value();
        if (isWash) {
            long back = split.provider().plus(referral).value();
            washerMsat += back + extra.value() - cost.value();
            unboundedMsat += back + split.provider().value() / 4 - cost.value();
        }
    }

    private Settled job(long provider, int model, Split split, boolean isWash) {
        Instant at = START.plus(Duration.ofDays(day));
        return new Settled(
                "pay_" + jobs,
                "job_" + jobs++,
                new NodeIdentity(provider, "node"),
                "model-" + model,
                isWash ? "ecash/" + day : "account/7",
                new Extra.Parts(split.provider(), split.fee(), split.fx()),
                Extra.Parts.NONE,
                at,
                Optional.of(offers.get(model)),
                Optional.empty(),
                false);
    }

    private Allotment allot(Settled job) {
        pool = pool.plus(Allotment.feed(rules, List.of(job)));
        TrustTiers trust = (_, _) -> TrustTier.of(Duration.ofDays(day), 1_000);
        Allotment allotment = new Allotment(rules, trust, pool, spent);
        allotment.add(job);
        Pair given = allotment.sum();
        pool = pool.minus(given);
        spent.merge(new ModelDay(job.model(), job.day()), given, Pair::plus);
        return allotment;
    }

    /// What the washer has won, or lost when below zero, at the end of each day.
    List<Long> netByDay() {
        return netByDay;
    }

    /// The same if a multiplier of 1.25 were paid without a bound and without an end of the pool.
    List<Long> unboundedByDay() {
        return unboundedByDay;
    }

    /// All bounties together.
    long bountiesMsat() {
        return bountiesMsat;
    }

    Pair pool() {
        return pool;
    }
}
