package me.owlrun.mint.keys;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.config.ConfigException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The keysets of this mint as all its processes share them: read from the database, derived by the
/// signer, read again at most every few seconds so that a rotation elsewhere is noticed.
public final class Keysets {

    private static final Duration REFRESH_AFTER = Duration.ofSeconds(5);

    /// How soon an unknown keyset makes it look again: another process may just have rotated.
    private static final Duration REFRESH_FOR_UNKNOWN_AFTER = Duration.ofSeconds(1);

    private final KeysetStore store;
    private final Signer signer;
    private final Plan plan;
    private final InstantSource clock;
    private final ReentrantLock refreshing = new ReentrantLock();
    private final Map<KeysetId, Keyset> derived = new HashMap<>();

    private volatile Snapshot snapshot;

    /// The keysets at one moment.
    ///
    /// @param byId every keyset there ever was
    /// @param published their forms for wallets
    /// @param readAt when they were read
    record Snapshot(Map<KeysetId, MintKeyset> byId, PublishedKeys published, Instant readAt) {}

    /// What new keysets are like; a change of it rotates.
    ///
    /// @param inputFeePpk fee per thousand inputs, in each keyset's unit
    /// @param idVersion the form of the identifiers
    public record Plan(long inputFeePpk, IdVersion idVersion) {

        boolean fits(KeysetRow row) {
            return row.active()
                    && row.inputFeePpk() == inputFeePpk
                    && IdVersion.of(row.id()) == idVersion;
        }
    }

    private Keysets(KeysetStore store, Signer signer, Plan plan, InstantSource clock) {
        this.store = store;
        this.signer = signer;
        this.plan = plan;
        this.clock = clock;
        this.snapshot = read();
    }

    /// Loads all keysets and makes those that are missing: one active keyset per unit as planned.
    ///
    /// @throws ConfigException when the database's keysets come from another seed
    public static Keysets open(KeysetStore store, Signer signer, Plan plan, InstantSource clock) {
        store.add(
                clock.instant(),
                rows -> {
                    rows.forEach(row -> requireSameSeed(row, signer));
                    return Arrays.stream(CurrencyUnit.values())
                            .filter(unit -> !isServed(rows, unit, plan))
                            .map(unit -> next(rows, unit, signer, plan))
                            .toList();
                });
        return new Keysets(store, signer, plan, clock);
    }

    private static boolean isServed(List<KeysetRow> rows, CurrencyUnit unit, Plan plan) {
        return rows.stream().anyMatch(row -> row.unit() == unit && plan.fits(row));
    }

    /// Puts fresh keysets in place of those that sign for these units. The old ones stay spendable
    /// for ever; other processes notice within seconds.
    ///
    /// @return the new keysets
    public List<MintKeyset> rotate(List<CurrencyUnit> units) {
        List<KeysetId> fresh = new ArrayList<>();
        store.add(
                clock.instant(),
                rows -> {
                    fresh.clear(); // the transaction may run again
                    List<KeysetRow> added =
                            units.stream().map(u -> next(rows, u, signer, plan)).toList();
                    added.forEach(row -> fresh.add(row.id()));
                    return added;
                });
        refreshing.lock();
        try {
            snapshot = read();
        } finally {
            refreshing.unlock();
        }
        return fresh.stream().map(id -> find(id).orElseThrow()).toList();
    }

    /// The keyset after the last one of a unit. An identifier that exists already, in full or in
    /// the short form that tokens use, is passed over: two keysets never share one.
    private static KeysetRow next(
            List<KeysetRow> rows, CurrencyUnit unit, Signer signer, Plan plan) {
        int index =
                rows.stream()
                        .filter(row -> row.unit() == unit)
                        .mapToInt(row -> row.derivationIndex() + 1)
                        .max()
                        .orElse(0);
        while (true) {
            KeysetId id =
                    signer.load(
                                    new Signer.KeysetPath(
                                            unit, index, plan.inputFeePpk(), plan.idVersion()))
                            .id();
            if (rows.stream().noneMatch(row -> row.id().sharesShortForm(id))) {
                return new KeysetRow(id, unit, index, plan.inputFeePpk(), true);
            }
            index++;
        }
    }

    private static void requireSameSeed(KeysetRow row, Signer signer) {
        if (!derive(row, signer).id().equals(row.id())) {
            throw new ConfigException(
                    List.of(
                            "The database holds keysets of another seed; give the seed file they"
                                    + " were made with as --seed.file, or use another database."));
        }
    }

    private static Keyset derive(KeysetRow row, Signer signer) {
        return signer.load(
                new Signer.KeysetPath(
                        row.unit(),
                        row.derivationIndex(),
                        row.inputFeePpk(),
                        IdVersion.of(row.id())));
    }

    /// The keyset with this full identifier.
    public Optional<MintKeyset> find(KeysetId id) {
        MintKeyset known = current(REFRESH_AFTER).byId().get(id);
        return Optional.ofNullable(
                known == null ? current(REFRESH_FOR_UNKNOWN_AFTER).byId().get(id) : known);
    }

    /// The keyset that signs for a unit.
    public MintKeyset active(CurrencyUnit unit) {
        return current(REFRESH_AFTER).byId().values().stream()
                .filter(keyset -> keyset.unit() == unit && keyset.keyset().active())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no active keyset for " + unit));
    }

    PublishedKeys published() {
        return current(REFRESH_AFTER).published();
    }

    private Snapshot current(Duration refreshAfter) {
        Snapshot known = snapshot;
        boolean old = known.readAt().plus(refreshAfter).isBefore(clock.instant());
        if (old && refreshing.tryLock()) {
            try {
                snapshot = read();
            } finally {
                refreshing.unlock();
            }
        }
        return snapshot;
    }

    /// Called by the constructor and under the lock only.
    private Snapshot read() {
        Instant readAt = clock.instant();
        Map<KeysetId, MintKeyset> byId = new HashMap<>();
        for (KeysetRow row : store.all()) {
            Keyset keys = derived.computeIfAbsent(row.id(), id -> derive(row, signer));
            Keyset keyset =
                    new Keyset(
                            keys.id(),
                            keys.unit(),
                            row.active(),
                            keys.inputFeePpk(),
                            keys.finalExpiry(),
                            keys.keys());
            byId.put(row.id(), new MintKeyset(row.unit(), keyset));
        }
        List<Keyset> keysets = byId.values().stream().map(MintKeyset::keyset).toList();
        return new Snapshot(Map.copyOf(byId), PublishedKeys.of(keysets), readAt);
    }
}
