package me.owlrun.gateway.bounty;

import me.owlrun.money.Msat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives bounties to jobs in their order, as far as the pools and the budgets of the day go. Works
/// on numbers only; a store reads them and writes what comes of it.
final class Allotment {

    private final BountyRules rules;
    private final TrustTiers trust;
    private final Map<ModelDay, Pair> spent;
    private final List<Accrual> accruals = new ArrayList<>();
    private Pair pool;

    /// An amount in each unit.
    record Pair(Msat sats, Msat credit) {

        static final Pair ZERO = new Pair(Msat.ZERO, Msat.ZERO);

        Pair plus(Pair more) {
            return new Pair(sats.plus(more.sats), credit.plus(more.credit));
        }

        Pair minus(Pair less) {
            return new Pair(sats.minus(less.sats), credit.minus(less.credit));
        }

        Pair min(Pair other) {
            return new Pair(sats.min(other.sats), credit.min(other.credit));
        }

        boolean isZero() {
            return sats.equals(Msat.ZERO) && credit.equals(Msat.ZERO);
        }
    }

    /// A model on a day, UTC.
    record ModelDay(String model, LocalDate day) {}

    /// @param pool what the pools hold
    /// @param spent what the budgets have given already
    Allotment(BountyRules rules, TrustTiers trust, Pair pool, Map<ModelDay, Pair> spent) {
        this.rules = rules;
        this.trust = trust;
        this.pool = pool;
        this.spent = new HashMap<>(spent);
    }

    /// What the fees of jobs bring to the pools.
    static Pair feed(BountyRules rules, List<Settled> jobs) {
        Pair fed = Pair.ZERO;
        for (Settled job : jobs) {
            fed =
                    fed.plus(
                            new Pair(
                                    Extra.feed(
                                            job.sats().fee(),
                                            rules.referralPercent(),
                                            rules.feedPercent()),
                                    Extra.feed(job.credit().fee(), 0, rules.creditFeedPercent())));
        }
        return fed;
    }

    /// Gives a job its bounty, if it gets one.
    void add(Settled job) {
        Optional<Settled.Offer> offer = job.offer();
        if (job.hasNone() || offer.isEmpty() || offer.get().permille() <= BountyRules.ONE) {
            return;
        }
        TrustTier tier = trust.of(job.node(), job.settledAt());
        int max = rules.max(tier);
        int multiplier = Math.min(offer.get().permille(), max);
        int flap = rules.flap().permille(job.switchedAt(), job.settledAt());
        Pair wanted =
                new Pair(
                        extra(job.sats(), multiplier, flap, rules.referralPercent()),
                        extra(job.credit(), multiplier, flap, 0));
        ModelDay day = new ModelDay(job.model(), job.day());
        Pair before = spent.getOrDefault(day, Pair.ZERO);
        Pair got = wanted.min(pool).min(left(offer.get(), before));
        if (!got.isZero()) {
            pool = pool.minus(got);
            spent.put(day, before.plus(got));
            accruals.add(new Accrual(job, tier, max, flap, got.sats(), got.credit()));
        }
    }

    private Msat extra(Extra.Parts parts, int multiplier, int flap, int referralPercent) {
        return Extra.of(
                parts.base(), parts.cut(referralPercent), multiplier, flap, rules.keepPercent());
    }

    /// What is left of a budget; a budget that was made smaller has nothing left, not less.
    static Pair left(Settled.Offer offer, Pair spent) {
        return new Pair(left(offer, spent.sats()), left(offer, spent.credit()));
    }

    private static Msat left(Settled.Offer offer, Msat spent) {
        return Msat.of(Math.max(0, offer.budgetMsat() - spent.value()));
    }

    List<Accrual> accruals() {
        return accruals;
    }

    /// All of them together.
    Pair sum() {
        return accruals.stream()
                .map(accrual -> new Pair(accrual.sats(), accrual.credit()))
                .reduce(Pair.ZERO, Pair::plus);
    }
}
