package me.owlrun.gateway.account;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.pay.BuyerKeys;
import me.owlrun.limit.BoundedMap;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Finds the account behind a buyer's key without asking the database each time: what it says
/// counts for some seconds. A key that is revoked here stops at once, one revoked at another
/// gateway within that time. Unknown keys are not remembered, so that guesses push nothing out.
/// Thread-safe.
final class KeyRing implements BuyerKeys {

    private static final Duration FRESH = Duration.ofSeconds(4);
    private static final int KEYS_MAX = 20_000;

    private final AccountStore accounts;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Remembered> byHash = new BoundedMap<>(KEYS_MAX);
    private long changes;

    KeyRing(AccountStore accounts, InstantSource clock) {
        this.accounts = accounts;
        this.clock = clock;
    }

    /// What a key was found to be, and how long that counts.
    private record Remembered(Found found, Instant until) {}

    @Override
    public Optional<Found> find(String bearer) {
        return ApiKey.provider(bearer).isPresent()
                ? Optional.of(new Found.Closed(ofProvider()))
                : ApiKey.buyer(bearer).map(this::find);
    }

    private Found find(ApiKey key) {
        String hash = key.sha256Hex();
        Instant now = clock.instant();
        long changesBefore;
        lock.lock();
        try {
            Optional<Remembered> known = Optional.ofNullable(byHash.get(hash));
            if (known.isPresent() && known.get().until.isAfter(now)) {
                return known.get().found;
            }
            changesBefore = changes;
        } finally {
            lock.unlock();
        }
        Optional<Caller> caller = accounts.caller(key.sha256());
        if (caller.isEmpty()) {
            return new Found.Closed(unknown());
        }
        Found found =
                caller.get().paused()
                        ? new Found.Closed(Gate.paused())
                        : new Found.Key(caller.get().accountId(), hash);
        remember(hash, new Remembered(found, now.plus(FRESH)), changesBefore);
        return found;
    }

    private static ApiError ofProvider() {
        return ApiError.of(
                ErrorCode.INVALID_API_KEY,
                "A provider's key runs nodes and does not pay; POST /v1/account/keys with it makes"
                        + " a key that pays from the same account.",
                "Authorization");
    }

    private static ApiError unknown() {
        return ApiError.of(
                ErrorCode.INVALID_API_KEY, "The key is unknown or was revoked.", "Authorization");
    }

    /// Remembers what was read, unless a key was changed while it was read.
    private void remember(String hash, Remembered read, long changesBefore) {
        lock.lock();
        try {
            if (changes == changesBefore) {
                byHash.put(hash, read);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Forgets everything: a key or an account was changed.
    void forget() {
        lock.lock();
        try {
            changes++;
            byHash.clear();
        } finally {
            lock.unlock();
        }
    }
}
