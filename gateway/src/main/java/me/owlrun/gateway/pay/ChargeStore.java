package me.owlrun.gateway.pay;

import me.owlrun.batch.Batcher;
import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.LedgerJournal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.pay.ChargeRows.Held;
import me.owlrun.gateway.pay.ChargeRows.Hold;
import me.owlrun.gateway.pay.ChargeRows.Open;
import me.owlrun.gateway.pay.ChargeRows.Pots;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// Holds and closes charges of many requests in one transaction, see [ChargeBatchStore].
final class ChargeStore implements AutoCloseable {

    private static final String MIGRATION = "V023__charges.sql";
    private static final int QUEUE_MAX = 65_536;
    private static final int READERS = 2;

    private final Database database;
    private final LedgerStore ledger;
    private final BillStore bills;
    private final InstantSource clock;
    private final Batcher<ChargeBatchStore.Step, ChargeBatchStore.Done> writer;
    private final Batcher<BuyerKeys.Found.Key, ChargeRows.Means> reader;

    ChargeStore(Database database, LedgerStore ledger, BillStore bills, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.bills = bills;
        this.clock = clock;
        this.writer =
                new Batcher<>(
                        "charges",
                        1,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::write, LedgerJournal::isOfOneItem));
        this.reader =
                new Batcher<>(
                        "means",
                        READERS,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::read, LedgerJournal::isOfOneItem));
    }

    static Migration migration() {
        InputStream sql = ChargeStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// What keys can pay with now.
    ChargeRows.Means means(BuyerKeys.Found.Key key) {
        return reader.mustAsk(key);
    }

    /// Holds money.
    Held hold(Hold hold) {
        if (!(writer.mustAsk(new ChargeBatchStore.Step.Take(hold))
                instanceof ChargeBatchStore.Done.Taken(Held held))) {
            throw new IllegalStateException("a hold was answered with a closing");
        }
        return held;
    }

    /// Closes a charge.
    ///
    /// @param service what it pays for; empty to give everything back
    Receipt close(Open open, Optional<Service> service) {
        if (!(writer.mustAsk(new ChargeBatchStore.Step.End(open, service))
                instanceof ChargeBatchStore.Done.Ended(Optional<Receipt> receipt))) {
            throw new IllegalStateException("a closing was answered with a hold");
        }
        return receipt.orElseThrow(() -> new PaymentLostException(open.id()));
    }

    Optional<ChargeRows.Known> known(long accountId, String idempotencyKey) {
        return database.read(c -> ChargeRows.known(c, accountId, idempotencyKey));
    }

    /// Open charges that nobody is at work on.
    List<Open> open(String ownBoot, List<String> live, int countMax) {
        return database.read(c -> ChargeRows.open(c, ownBoot, live, countMax));
    }

    boolean adopt(Open open, String ownBoot) {
        return database.transaction(c -> ChargeRows.adopt(c, open, ownBoot));
    }

    private List<ChargeRows.Means> read(List<BuyerKeys.Found.Key> keys) {
        Map<Long, Pots> pots = new HashMap<>();
        Map<ByteBuffer, KeyLimitRows.Limit> limits = new HashMap<>();
        Bundle bundle = new Bundle();
        ChargeRows.pots(
                bundle,
                keys.stream().map(BuyerKeys.Found.Key::accountId).collect(Collectors.toSet()),
                pots);
        KeyLimitRows.read(
                bundle,
                keys.stream().map(ChargeDesk::keyOf).collect(Collectors.toSet()),
                clock.instant(),
                limits);
        return database.read(connection -> {
            bundle.run(connection);
            return keys.stream()
                    .map(key -> {
                        Pots pot = pots.getOrDefault(key.accountId(), Pots.NONE);
                        Optional<Msat> left =
                                Optional.ofNullable(limits.get(ChargeDesk.keyOf(key)))
                                        .flatMap(KeyLimitRows.Limit::left);
                        return new ChargeRows.Means(pot.sats(), pot.credit(), left);
                    })
                    .toList();
        });
    }

    private List<ChargeBatchStore.Done> write(List<ChargeBatchStore.Step> steps) {
        return database.transaction(connection ->
                new ChargeBatchStore(
                                ledger,
                                bills,
                                clock.instant().truncatedTo(ChronoUnit.MICROS),
                                steps)
                        .run(connection));
    }

    /// Writes what waits, then stops.
    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
