package me.owlrun.gateway.vault;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The mint's keysets as it publishes them (NUT-01, NUT-02), kept here and asked for again when an
/// unknown one turns up or a minute has passed. A keyset whose identifier does not follow from its
/// keys is not used. Thread-safe.
public final class MintKeysets implements InputFees {

    private static final Duration FRESH = Duration.ofSeconds(60);

    /// The shortest time between two looks for unknown keysets, so that forged tokens cannot make
    /// us flood the mint.
    private static final Duration LOOK_AGAIN_MIN = Duration.ofSeconds(1);

    private final MintClient client;
    private final ReentrantLock refreshing = new ReentrantLock();
    private final Map<KeysetId, Keyset> withKeys = new ConcurrentHashMap<>();
    private volatile List<KeysetInfo> infos = List.of();
    private volatile long refreshedNanos;
    private volatile boolean known;

    public MintKeysets(MintClient client) {
        this.client = client;
    }

    /// What the list says about one keyset.
    ///
    /// @param unit as the mint writes it
    /// @param inputFeePpk fee per thousand inputs, in the unit
    public record KeysetInfo(
            KeysetId id, String unit, boolean active, long inputFeePpk, OptionalLong finalExpiry) {}

    /// What a look at the keysets gives.
    public sealed interface Lookup<T> {
        /// Found.
        record Found<T>(T value) implements Lookup<T> {}

        /// The mint has no such keyset.
        record Missing<T>() implements Lookup<T> {}

        /// The mint does not tell at the moment.
        record Unavailable<T>() implements Lookup<T> {}
    }

    /// The keyset that a proof names, in full or short form.
    public Lookup<KeysetInfo> resolve(KeysetId id) {
        Optional<KeysetInfo> cached = find(id);
        if (cached.isEmpty() && refreshIfOlderThan(LOOK_AGAIN_MIN)) {
            cached = find(id);
        }
        if (cached.isPresent()) {
            return new Lookup.Found<>(cached.get());
        }
        return known ? new Lookup.Missing<>() : new Lookup.Unavailable<>();
    }

    /// The keyset to take new ecash of a unit in: active, the cheapest to spend.
    public Lookup<Keyset> active(CurrencyUnit unit) {
        boolean fresh = refreshIfOlderThan(FRESH);
        Optional<KeysetInfo> best =
                infos.stream()
                        .filter(info -> info.active && info.unit.equals(unit.text()))
                        .min(Comparator.comparingLong(KeysetInfo::inputFeePpk));
        if (best.isEmpty()) {
            return fresh && known ? new Lookup.Missing<>() : new Lookup.Unavailable<>();
        }
        return keys(best.get().id);
    }

    /// A keyset with its keys.
    public Lookup<Keyset> keys(KeysetId id) {
        Optional<Keyset> cached = Optional.ofNullable(withKeys.get(id));
        if (cached.isPresent()) {
            return new Lookup.Found<>(cached.get());
        }
        return switch (resolve(id)) {
            case Lookup.Found<KeysetInfo>(KeysetInfo info) -> fetchKeys(info);
            case Lookup.Missing<KeysetInfo>() -> new Lookup.Missing<>();
            case Lookup.Unavailable<KeysetInfo>() -> new Lookup.Unavailable<>();
        };
    }

    /// Asks the mint for its keysets now, because it said that one of them is no longer active.
    public void refresh() {
        refreshing.lock();
        try {
            var _ = load();
        } finally {
            refreshing.unlock();
        }
    }

    @Override
    public OptionalLong ppk(KeysetId keyset) {
        return find(keyset)
                .map(info -> OptionalLong.of(info.inputFeePpk))
                .orElseGet(OptionalLong::empty);
    }

    @Override
    public boolean areKnown() {
        return known || refreshIfOlderThan(LOOK_AGAIN_MIN);
    }

    private Optional<KeysetInfo> find(KeysetId id) {
        List<KeysetInfo> matches = infos.stream().filter(info -> id.matches(info.id)).toList();
        return matches.size() == 1 ? Optional.of(matches.getFirst()) : Optional.empty();
    }

    /// Whether the list is younger than this now.
    private boolean refreshIfOlderThan(Duration age) {
        if (isYoungerThan(age)) {
            return true;
        }
        refreshing.lock();
        try {
            return isYoungerThan(age) || load();
        } finally {
            refreshing.unlock();
        }
    }

    private boolean isYoungerThan(Duration age) {
        return known && System.nanoTime() - refreshedNanos < age.toNanos();
    }

    private boolean load() {
        if (client.keysets() instanceof MintAnswer.Ok<JsonNode>(JsonNode json)) {
            List<KeysetInfo> read = new ArrayList<>();
            json.path("keysets").forEach(node -> readInfo(node).ifPresent(read::add));
            infos = List.copyOf(read);
            refreshedNanos = System.nanoTime();
            known = true;
            return true;
        }
        return false;
    }

    /// Keysets of forms that this gateway does not know are left out, not errors.
    private static Optional<KeysetInfo> readInfo(JsonNode node) {
        try {
            return Optional.of(
                    new KeysetInfo(
                            new KeysetId(CashuJson.text(node, "id")),
                            CashuJson.text(node, "unit"),
                            node.path("active").asBoolean(false),
                            node.path("input_fee_ppk").asLong(0),
                            optionalLong(node, "final_expiry")));
        } catch (CashuFormatException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong optionalLong(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.canConvertToLong() ? OptionalLong.of(value.longValue()) : OptionalLong.empty();
    }

    private Lookup<Keyset> fetchKeys(KeysetInfo info) {
        if (!(client.keys(info.id.value()) instanceof MintAnswer.Ok<JsonNode>(JsonNode json))) {
            return new Lookup.Unavailable<>();
        }
        for (JsonNode node : json.path("keysets")) {
            if (info.id.value().equals(node.path("id").asText())) {
                Keyset keyset = readKeyset(info, node.path("keys"));
                if (!keyset.idMatchesContents()) {
                    throw new CashuFormatException(
                            "the mint's keyset %s does not match its keys; do not use this mint"
                                    .formatted(info.id));
                }
                withKeys.put(info.id, keyset);
                return new Lookup.Found<>(keyset);
            }
        }
        return new Lookup.Missing<>();
    }

    private static Keyset readKeyset(KeysetInfo info, JsonNode keys) {
        SortedMap<BigInteger, Point> byAmount = new TreeMap<>();
        keys.properties()
                .forEach(key ->
                        byAmount.put(
                                new BigInteger(key.getKey()),
                                Point.fromHex(key.getValue().asText())));
        return new Keyset(
                info.id, info.unit, info.active, info.inputFeePpk, info.finalExpiry, byAmount);
    }
}
