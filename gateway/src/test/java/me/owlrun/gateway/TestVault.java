package me.owlrun.gateway;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.vault.ConsolidateStore;
import me.owlrun.gateway.vault.Consolidator;
import me.owlrun.gateway.vault.ExchangeStore;
import me.owlrun.gateway.vault.Exchanger;
import me.owlrun.gateway.vault.FloatKeeper;
import me.owlrun.gateway.vault.FloatStore;
import me.owlrun.gateway.vault.MeltPlans;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.MintKeysets;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;
import me.owlrun.gateway.vault.OperationRunner;
import me.owlrun.gateway.vault.SpendStore;
import me.owlrun.gateway.vault.VaultParts;
import me.owlrun.gateway.vault.VaultStore;
import me.owlrun.money.Msat;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// The vault of a gateway that does not run, worked with by its real parts.
final class TestVault implements AutoCloseable {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

    private final TestGateway gateway;
    private final Database database;
    private final MintClient client;
    private final MintKeysets keysets;
    private final OperationRunner runner;
    private final StopSignal stop = new StopSignal();
    private final SecureRandom random = new SecureRandom();

    /// @param mintUrl where the mint is reached
    TestVault(TestGateway gateway, String mintUrl) {
        this.gateway = gateway;
        database = Database.open(gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 4);
        client = new MintClient(URI.create(mintUrl), ANSWER_MAX);
        keysets = new MintKeysets(client);
        runner = new OperationRunner(client, keysets, stop);
    }

    /// An exchanger of a gateway that starts now.
    Exchanger exchanger(InstantSource clock) {
        return new Exchanger(
                new ExchangeStore(
                        database, new LedgerStore(clock), clock, UUID.randomUUID().toString()),
                client,
                keysets,
                runner,
                random,
                clock,
                stop);
    }

    /// The same with the right time.
    Exchanger exchanger() {
        return exchanger(InstantSource.system());
    }

    FloatKeeper floatKeeper(Msat target) {
        InstantSource clock = InstantSource.system();
        return new FloatKeeper(
                new FloatStore(database, new LedgerStore(clock), clock, "float"),
                exchanger(),
                runner,
                keysets,
                client,
                random,
                clock,
                stop,
                target,
                1);
    }

    Consolidator consolidator(String bootId) {
        InstantSource clock = InstantSource.system();
        return new Consolidator(
                new ConsolidateStore(database, new LedgerStore(clock), clock, bootId),
                new VaultParts(client, keysets, runner, exchanger(), bootId),
                random,
                stop);
    }

    /// Millisats in loose coins of a unit.
    long loose(CurrencyUnit unit) {
        return TestSql.number(
                gateway,
                "SELECT coalesce(sum(CASE unit WHEN 'sat' THEN amount * 1000 ELSE amount END), 0)"
                        + "::bigint FROM vault_proof WHERE state = 'held' AND kit_id IS NULL"
                        + " AND unit = '"
                        + unit.text()
                        + "'");
    }

    /// Millisats in all coins that count as ours.
    long held() {
        return TestSql.number(
                gateway,
                "SELECT coalesce(sum(CASE unit WHEN 'sat' THEN amount * 1000 ELSE amount END), 0)"
                        + "::bigint FROM vault_proof WHERE state IN ('held', 'spending')");
    }

    /// Swaps loose coins into many of one millisat.
    void shatter(int pieces) {
        Keyset keyset = active();
        MintOperation swap =
                database.transaction(connection -> {
                    SpendStore spend = new SpendStore();
                    var coins =
                            spend.pick(
                                            connection,
                                            CurrencyUnit.MSAT,
                                            pieces,
                                            _ -> OptionalLong.of(0))
                                    .orElseThrow();
                    List<Long> amounts = new ArrayList<>(Collections.nCopies(pieces, 1L));
                    amounts.addAll(Amounts.split(coins.netSteps() - pieces));
                    MintOperation made =
                            new MintOperation(
                                    UUID.randomUUID(),
                                    MintOperation.Purpose.CONSOLIDATE,
                                    coins.proofs().stream().map(held -> held.proof()).toList(),
                                    Optional.empty(),
                                    keyset.id(),
                                    CurrencyUnit.MSAT,
                                    0,
                                    new MeltPlans(random).outputs(amounts, keyset.id()));
                    spend.begin(
                            connection, made, coins, "shatter", InstantSource.system().instant());
                    return made;
                });
        if (!(runner.runFirst(swap) instanceof OperationResult.Done(var proofs))) {
            throw new AssertionError("not swapped");
        }
        database.inTransaction(connection -> {
            var _ =
                    new VaultStore()
                            .done(connection, swap, proofs, InstantSource.system().instant());
        });
    }

    private Keyset active() {
        if (keysets.active(CurrencyUnit.MSAT) instanceof MintKeysets.Lookup.Found<Keyset>(var k)) {
            return k;
        }
        throw new AssertionError("no keyset");
    }

    @Override
    public void close() {
        stop.stop();
        client.close();
        database.close();
    }
}
