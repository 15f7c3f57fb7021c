package me.owlrun.mint.keys;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.config.ConfigException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The keysets of this mint as all its processes share them: read from the database, derived by the
/// signer, read again at most every few seconds so that a rotation elsewhere is noticed.
public final class Keysets {

    private static final Duration REFRESH_AFTER = Duration.ofSeconds(5);

    private final KeysetStore store;
    private final Signer signer;
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

    private Keysets(KeysetStore store, Signer signer, InstantSource clock) {
        this.store = store;
        this.signer = signer;
        this.clock = clock;
        this.snapshot = read();
    }

    /// Loads all keysets and makes those that are missing: one active keyset per unit with the fee
    /// of the settings. Changing that fee rotates the keyset.
    ///
    /// @param inputFeePpk fee per thousand inputs, in each keyset's unit
    /// @throws ConfigException when the database's keysets come from another seed
    public static Keysets open(
            KeysetStore store, Signer signer, long inputFeePpk, InstantSource clock) {
        store.add(clock.instant(), rows -> missing(rows, signer, inputFeePpk));
        return new Keysets(store, signer, clock);
    }

    private static List<KeysetRow> missing(List<KeysetRow> rows, Signer signer, long inputFeePpk) {
        rows.forEach(row -> requireSameSeed(row, signer));
        List<KeysetRow> missing = new ArrayList<>();
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            List<KeysetRow> ofUnit = rows.stream().filter(row -> row.unit() == unit).toList();
            if (ofUnit.stream().noneMatch(r -> r.active() && r.inputFeePpk() == inputFeePpk)) {
                Signer.KeysetPath path = new Signer.KeysetPath(unit, ofUnit.size(), inputFeePpk);
                KeysetId id = signer.load(path).id();
                missing.add(new KeysetRow(id, unit, path.index(), inputFeePpk, true));
            }
        }
        return missing;
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
                new Signer.KeysetPath(row.unit(), row.derivationIndex(), row.inputFeePpk()));
    }

    /// The keyset with this full identifier.
    public Optional<MintKeyset> find(KeysetId id) {
        return Optional.ofNullable(current().byId().get(id));
    }

    /// The keyset that signs for a unit.
    public MintKeyset active(CurrencyUnit unit) {
        return current().byId().values().stream()
                .filter(keyset -> keyset.unit() == unit && keyset.keyset().active())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no active keyset for " + unit));
    }

    PublishedKeys published() {
        return current().published();
    }

    private Snapshot current() {
        Snapshot known = snapshot;
        boolean old = known.readAt().plus(REFRESH_AFTER).isBefore(clock.instant());
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
