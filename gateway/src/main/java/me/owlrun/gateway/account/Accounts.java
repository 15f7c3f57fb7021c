package me.owlrun.gateway.account;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.pay.BuyerKeys;
import me.owlrun.gateway.trust.EscrowStore;
import me.owlrun.gateway.trust.TrustSettings;
import me.owlrun.limit.HourlyLimit;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The parts of this package put together.
public final class Accounts {

    private final AccountStore store;
    private final PotStore pots;
    private final EscrowStore escrow;
    private final PausedAccounts paused;
    private final KeyListStore keys;
    private final HistoryStore history;
    private final EarningStore earnings;
    private final KeyRing ring;
    private final Gate gate;
    private final HourlyLimit signups;
    private final Msat credit;
    private final long keysMax;
    private final SecureRandom random;
    private final InstantSource clock;

    /// @param settings with those of [AccountSettings]
    public Accounts(
            Settings settings,
            Database database,
            LedgerStore ledger,
            EarningStore earnings,
            SecureRandom random,
            InstantSource clock) {
        store = new AccountStore(database, ledger, clock);
        pots = new PotStore(database);
        escrow = new EscrowStore(database, ledger, TrustSettings.rules(settings), clock);
        paused = new PausedAccounts(store);
        keys = new KeyListStore(database, clock);
        history = new HistoryStore(database);
        this.earnings = earnings;
        ring = new KeyRing(store, clock);
        gate = new Gate(store);
        signups = new HourlyLimit(settings.get(AccountSettings.SIGNUPS), clock);
        credit = Msat.ofSat(settings.get(AccountSettings.CREDIT));
        keysMax = settings.get(AccountSettings.KEYS);
        this.random = random;
        this.clock = clock;
    }

    /// An account that was just opened.
    ///
    /// @param key its key, told this once
    /// @param credit what it begins with
    record Opened(long accountId, ApiKey key, Msat credit) {}

    /// Finds who pays by key.
    public BuyerKeys buyerKeys() {
        return ring;
    }

    /// The account behind a buyer's key, if the key may pay.
    public Optional<String> accountOf(String bearer) {
        return ring.find(bearer)
                .filter(BuyerKeys.Found.Key.class::isInstance)
                .map(BuyerKeys.Found.Key.class::cast)
                .map(key -> Caller.accountName(key.accountId()));
    }

    /// Lets requests in that see or change an account.
    public Gate gate() {
        return gate;
    }

    /// Looks accounts up.
    public AccountStore store() {
        return store;
    }

    /// Looks into their pots.
    public PotStore pots() {
        return pots;
    }

    /// Knows what of an account's sats cannot be taken out yet.
    public EscrowStore escrow() {
        return escrow;
    }

    /// Who is paused.
    public PausedAccounts paused() {
        return paused;
    }

    /// Stops an account, or lets it work again, at once on this gateway.
    ///
    /// @param reason why it is stopped; empty lets it work
    /// @return false when there is no such account
    public boolean pause(long accountId, Optional<String> reason) {
        boolean known = store.pause(accountId, reason);
        ring.forget();
        var _ = paused.refresh();
        return known;
    }

    HourlyLimit signups() {
        return signups;
    }

    Opened open(String name, String referralCode) {
        ApiKey key = ApiKey.generate(random);
        return new Opened(store.open(key, name, referralCode, credit), key, credit);
    }

    List<KeyInfo> keys(long accountId) {
        return keys.list(accountId);
    }

    /// A new key with what was made of it.
    record Added(ApiKey key, KeyListStore.Outcome outcome) {}

    Added addKey(long accountId, String name, KeyRule rule) {
        ApiKey key = ApiKey.generate(random);
        return new Added(key, keys.add(accountId, key, name, rule, keysMax));
    }

    KeyListStore.Outcome changeKey(long accountId, UUID id, KeyListStore.Change change) {
        KeyListStore.Outcome outcome = keys.change(accountId, id, change);
        ring.forget();
        return outcome;
    }

    KeyListStore.Outcome revokeKey(long accountId, UUID id, boolean force) {
        KeyListStore.Outcome outcome = keys.revoke(accountId, id, force);
        ring.forget();
        return outcome;
    }

    List<HistoryEntry> history(long accountId, long before, int countMax) {
        return history.page(accountId, before, countMax);
    }

    Statement statement(long accountId) {
        return Statement.of(
                store.find(accountId).orElseThrow(),
                pots.read(accountId),
                escrow.held(accountId),
                earnings,
                clock);
    }
}
