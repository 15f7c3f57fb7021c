package me.owlrun.gateway.trust;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.admin.AdminCall;
import me.owlrun.gateway.economy.EconomySection;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.json.Json;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/// The parts of this package put together.
public final class Trust {

    private final TrustRules rules;
    private final TrustStore store;
    private final NodeLookStore nodes;
    private final EscrowStore escrow;
    private final TrustBook book;
    private final TrustWatch watch;
    private final Digests digests;
    private final InstantSource clock;
    private final List<EconomySection.Figure> numbers;

    /// @param settings with those of [TrustSettings]
    /// @param warden takes nodes out of the market
    public Trust(
            Settings settings,
            Database database,
            LedgerStore ledger,
            Warden warden,
            InstantSource clock,
            StopSignal stop) {
        this.clock = clock;
        numbers = EconomySection.numbers(settings, TrustSettings.TABLE);
        rules = TrustSettings.rules(settings);
        digests = TrustSettings.digests(settings);
        store = new TrustStore(database, rules);
        nodes = new NodeLookStore(database);
        escrow = new EscrowStore(database, ledger, rules, clock);
        book = new TrustBook(store, rules, warden, clock);
        watch = new TrustWatch(book, store, nodes, SpeedTable.standard(), clock, stop);
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        return TrustStore.migration();
    }

    /// Notes what speaks against nodes.
    public TrustBook book() {
        return book;
    }

    /// Hears of jobs, and runs until the gateway stops.
    public TrustWatch watch() {
        return watch;
    }

    /// What a node says that its models are, compared with what is known.
    public void told(NodeIdentity node, Map<String, String> digestByModel) {
        digestByModel.forEach((model, digest) -> {
            if (digests.contradict(model, digest)) {
                book.note(node, Sign.DIGEST, model);
            }
        });
    }

    /// The rules, as `GET /v1/economy` tells them.
    public EconomySection section() {
        return new EconomySection(
                "trust",
                Map.of(
                        "put_away",
                        "a node gets no jobs from trust.put_away points on; points halve in"
                                + " trust.half_life",
                        "escrow",
                        "what a node earned in its first escrow.time or escrow.jobs jobs, whichever"
                                + " ends first, cannot be taken out but for escrow.free; it can be"
                                + " spent"),
                numbers,
                Json.object());
    }

    /// What the operator can do.
    public List<AdminCall> calls() {
        return new TrustDesk(store, book, escrow, clock).calls();
    }

    /// What a node's operator can ask.
    ///
    /// @param tally counts checks
    /// @param accounts the account behind a key
    public ChecksRoutes routes(ChecksRoutes.Tally tally, Function<String, OptionalLong> accounts) {
        return new ChecksRoutes(store, nodes, escrow, rules, tally, accounts, clock);
    }

    /// How large models are, in millions of parameters; large when they do not say.
    public long millions(String model) {
        return SpeedTable.activeMillions(model).orElse(Long.MAX_VALUE);
    }
}
