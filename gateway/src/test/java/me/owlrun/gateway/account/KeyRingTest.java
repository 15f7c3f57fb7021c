package me.owlrun.gateway.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.pay.BuyerKeys;
import me.owlrun.gateway.pay.Till;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finding who pays by key: what is remembered, and for how long.
final class KeyRingTest {

    private final Database database =
            Database.open(
                    TestPostgres.shared().url(TestPostgres.freshName()),
                    LocalPostgres.USER,
                    new Secret(""),
                    4);
    private Instant now = Instant.parse("2026-11-21T00:00:00Z");
    private final AccountStore accounts =
            new AccountStore(database, new LedgerStore(() -> now), () -> now);
    private final KeyRing ring = new KeyRing(accounts, () -> now);
    private final ApiKey key = ApiKey.generate(new SecureRandom());

    @BeforeEach
    void migrate() {
        List<Migration> all = new ArrayList<>();
        all.add(LedgerStore.migration());
        all.add(EarningStore.migration());
        all.add(Till.migration());
        all.addAll(NodeStore.migrations());
        all.add(KeyStore.migration());
        all.add(AccountStore.migration());
        Migrations.apply(database, all);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void execute(String sql) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                assertEquals(1, statement.executeUpdate(sql));
            }
        });
    }

    private Optional<BuyerKeys.Found> find() {
        return ring.find(key.secret());
    }

    @Test
    void find_otherTexts_areNoKeys() {
        for (String text : List.of("", "sk-1", "owlr_prov_x", "owlr_buy_a b c d e f")) {
            assertEquals(Optional.empty(), ring.find(text), text);
        }
        assertInstanceOf(BuyerKeys.Found.Closed.class, find().orElseThrow());
        assertInstanceOf(
                BuyerKeys.Found.Closed.class,
                ring.find("owlr_prov_0123456789abcdef").orElseThrow());
    }

    @Test
    void find_aKeyThatWorks_isItsAccountAndAHashOnly() {
        long account = accounts.open(key, "", "", Msat.ZERO);
        assertEquals(Optional.of(new BuyerKeys.Found.Key(account, key.sha256Hex())), find());
        assertEquals("owlr_buy_[REDACTED]", key.toString());
        assertNotEquals(key.secret(), ApiKey.generate(new SecureRandom()).secret());
    }

    @Test
    void find_afterARevocation_remembersForSecondsOrUntilTold() {
        long account = accounts.open(key, "", "", Msat.ZERO);
        BuyerKeys.Found works = new BuyerKeys.Found.Key(account, key.sha256Hex());
        assertEquals(Optional.of(works), find());
        execute("UPDATE api_key SET revoked_at = now()");
        now = now.plusMillis(3_999);
        assertEquals(Optional.of(works), find());
        now = now.plusMillis(1);
        assertInstanceOf(BuyerKeys.Found.Closed.class, find().orElseThrow());

        execute("UPDATE api_key SET revoked_at = NULL");
        assertEquals(Optional.of(works), find());
        execute("UPDATE api_key SET revoked_at = now()");
        ring.forget();
        assertInstanceOf(BuyerKeys.Found.Closed.class, find().orElseThrow());
    }

    @Test
    void find_ofAPausedAccount_isClosedUntilItWorksAgain() {
        long account = accounts.open(key, "", "", Msat.ZERO);
        assertTrue(accounts.pause(account, Optional.of("asked")));
        assertInstanceOf(BuyerKeys.Found.Closed.class, find().orElseThrow());
        assertTrue(accounts.pause(account, Optional.empty()));
        ring.forget();
        assertInstanceOf(BuyerKeys.Found.Key.class, find().orElseThrow());
        assertFalse(accounts.pause(account + 1, Optional.empty()));
    }

    @Test
    void withKey_findsByTheBeginningThatIsShown() {
        long account = accounts.open(key, "", "", Msat.ZERO);
        assertEquals(List.of(account), accounts.withKey(key.shown()));
        assertEquals(List.of(), accounts.withKey("owlr%"));
    }
}
