package me.owlrun.gateway.bounty;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.gateway.economy.EconomySection;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.LedgerException;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Extra pay for models: looks at settled jobs in the background, and is asked by the operator, by
/// whoever checks nodes, and by the public.
public final class Bounties implements Runnable {

    private static final System.Logger LOG = System.getLogger(Bounties.class.getName());

    private static final String MIGRATION = "V036__bounties.sql";

    private final BountyRules rules;
    private final List<EconomySection.Figure> numbers;
    private final AccrueStore accruals;
    private final VestStore vests;
    private final OfferStore offers;
    private final StopSignal stop;

    /// @param numbers the rules as everybody is told them
    /// @param trust knows how far nodes are trusted
    /// @param stop ends the work
    private Bounties(
            BountyRules rules,
            List<EconomySection.Figure> numbers,
            Database database,
            LedgerStore ledger,
            TrustTiers trust,
            InstantSource clock,
            StopSignal stop) {
        this.rules = rules;
        this.numbers = numbers;
        this.accruals = new AccrueStore(database, ledger, rules, trust, clock);
        this.vests = new VestStore(database, ledger, rules, clock);
        this.offers = new OfferStore(database, ledger, clock);
        this.stop = stop;
    }

    /// The bounties of a gateway.
    ///
    /// @param trust knows how far nodes are trusted
    /// @param stop ends the work
    /// @throws ConfigException when the settings would make buying from oneself pay
    public static Bounties of(
            Settings settings,
            Database database,
            LedgerStore ledger,
            TrustTiers trust,
            InstantSource clock,
            StopSignal stop) {
        return new Bounties(
                BountySettings.rules(settings),
                EconomySection.numbers(settings, BountySettings.TABLE),
                database,
                ledger,
                trust,
                clock,
                stop);
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        InputStream sql = Bounties.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        do {
            try {
                round();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "bounties were not looked after", e);
            }
        } while (!stop.isStoppingWithin(rules.every()));
    }

    /// Does once what has to be done now.
    public void round() {
        boolean more;
        do {
            more = accruals.step();
        } while (more);
        do {
            more = vests.step();
        } while (more);
    }

    /// Takes back what a node waits for, because it was found cheating, and gives it none for a
    /// while.
    ///
    /// @return what was taken back, in sats and credit together
    public Msat forfeit(NodeIdentity node, String reason) {
        Pair back = vests.forfeit(node, reason);
        LOG.log(
                System.Logger.Level.WARNING,
                "node {0} of provider {1} forfeits {2} and {3} of credit: {4}",
                node.nodeId(),
                node.providerId(),
                back.sats(),
                back.credit(),
                reason);
        return back.sats().plus(back.credit());
    }

    /// Sets the multiplier and daily budget of a model from now on.
    ///
    /// @param permille 1000 for none
    /// @param budget what its bounties may cost in a day, in each unit
    /// @return what is wrong with it, if anything
    public Optional<String> offer(String model, long permille, Msat budget, String reason) {
        if (permille < BountyRules.ONE || permille > rules.multiplierMax()) {
            return Optional.of(
                    "A multiplier is %d to %d permille (bounty.multiplier_max)."
                            .formatted(BountyRules.ONE, rules.multiplierMax()));
        }
        if (model.isBlank() || budget.isNegative()) {
            return Optional.of("A bounty has a model and a budget.");
        }
        offers.set(model, new Settled.Offer((int) permille, budget.value()), reason);
        return Optional.empty();
    }

    /// Puts earnings of the gateway, or new credit, into the pools; once per name.
    ///
    /// @return what is wrong with it, if anything
    public Optional<String> fund(String name, Msat sats, Msat credit) {
        if (name.isBlank() || sats.isNegative() || credit.isNegative()) {
            return Optional.of("A gift has a name and amounts that are not below zero.");
        }
        Pair amount = new Pair(sats, credit);
        if (amount.isZero()) {
            return Optional.of("A gift is more than nothing.");
        }
        try {
            var _ = offers.fund(name, amount);
            return Optional.empty();
        } catch (LedgerException e) {
            return Optional.of(
                    "The gateway has not earned so much, or the name was used for something else.");
        }
    }

    /// How bounties stand, and their rules.
    public ObjectNode economy() {
        return BountyJson.standing(offers.standing(), rules);
    }

    /// The same as a part of `GET /v1/economy`.
    public EconomySection section() {
        return new EconomySection("bounties", BountyJson.FORMULAS, numbers, economy());
    }

    /// The endpoint.
    public BountyRoutes routes() {
        return new BountyRoutes(this);
    }
}
