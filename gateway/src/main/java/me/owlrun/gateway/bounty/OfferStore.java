package me.owlrun.gateway.bounty;

import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// What the operator sets and gives, and how it stands.
final class OfferStore {

    private static final String SET =
            """
            INSERT INTO bounty_model (model, permille, budget_msat, reason, since)
            VALUES (?, ?, ?, ?, ?)
            """;

    private static final String OFFERS =
            """
            SELECT m.model, m.permille, m.budget_msat, m.reason, m.since,
                coalesce(d.sats_msat, 0), coalesce(d.credit_msat, 0)
            FROM (
                SELECT DISTINCT ON (model) model, permille, budget_msat, reason, since
                FROM bounty_model ORDER BY model, since DESC, id DESC) m
            LEFT JOIN bounty_day d ON d.model = m.model AND d.day = ?
            ORDER BY m.model
            """;

    private static final String ADD_FUND =
            """
            INSERT INTO bounty_fund (name, sats_msat, credit_msat, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO NOTHING
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;

    OfferStore(Database database, LedgerStore ledger, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// What is offered for a model, and what of it is gone today.
    record Offered(
            String model, Settled.Offer offer, String reason, Instant since, Pair spentToday) {}

    /// How it all stands.
    record Standing(List<Offered> offers, Pair pool, Pair waiting) {}

    /// Sets what a model gets from now on.
    void set(String model, Settled.Offer offer, String reason) {
        Bundle insert = new Bundle();
        insert.update(
                SET,
                params ->
                        params.value(model)
                                .value(offer.permille())
                                .value(offer.budgetMsat())
                                .value(reason)
                                .time(clock.instant()));
        database.inTransaction(insert::run);
    }

    /// How it stands at one moment.
    Standing standing() {
        return database.snapshot(connection ->
                new Standing(
                        offers(connection),
                        pair(connection, Account.BOUNTY_POOL, Account.CREDIT_BOUNTY_POOL),
                        pair(connection, Account.BOUNTY_ESCROW, Account.CREDIT_BOUNTY_ESCROW)));
    }

    private Pair pair(Connection connection, Account sats, Account credit) throws SQLException {
        return new Pair(ledger.balance(connection, sats), ledger.balance(connection, credit));
    }

    private List<Offered> offers(Connection connection) throws SQLException {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        List<Offered> offers = new ArrayList<>();
        Bundle look = new Bundle();
        look.query(
                OFFERS,
                params -> params.value(today),
                rows -> {
                    while (rows.next()) {
                        offers.add(
                                new Offered(
                                        rows.getString(1),
                                        new Settled.Offer(rows.getInt(2), rows.getLong(3)),
                                        rows.getString(4),
                                        rows.getObject(5, OffsetDateTime.class).toInstant(),
                                        new Pair(
                                                Msat.of(rows.getLong(6)),
                                                Msat.of(rows.getLong(7)))));
                    }
                });
        look.run(connection);
        return offers;
    }

    /// Puts the gateway's earnings, or new credit, into the pools; once per name.
    ///
    /// @return whether it was done now
    boolean fund(String name, Pair amount) {
        Transfer transfer =
                Transfer.moving()
                        .take(Account.FEE, amount.sats())
                        .give(Account.BOUNTY_POOL, amount.sats())
                        .take(Account.CREDIT_GRANT, amount.credit())
                        .give(Account.CREDIT_BOUNTY_POOL, amount.credit())
                        .of("bounty_fund", name);
        return database.transaction(connection -> {
            AtomicBoolean isNew = new AtomicBoolean();
            Bundle insert = new Bundle();
            insert.update(
                    ADD_FUND,
                    params ->
                            params.value(name)
                                    .value(amount.sats().value())
                                    .value(amount.credit().value())
                                    .time(clock.instant()),
                    rows -> isNew.set(rows == 1));
            insert.run(connection);
            ledger.post(connection, transfer); // throws when the name meant something else
            return isNew.get();
        });
    }
}
