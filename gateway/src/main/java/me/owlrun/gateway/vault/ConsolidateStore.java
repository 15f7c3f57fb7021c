package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The transactions that swap many small proofs into few large ones.
public final class ConsolidateStore {

    /// Fewer coins are not worth a swap.
    private static final int WORTH_IT = 50;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;
    private final String bootId;
    private final SpendStore vault = new SpendStore();
    private final VaultStore operations = new VaultStore();

    /// @param bootId which start of which gateway this is
    public ConsolidateStore(
            Database database, LedgerStore ledger, InstantSource clock, String bootId) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
        this.bootId = bootId;
    }

    boolean hasSmall(CurrencyUnit unit, long amountMax, int count) {
        return database.transaction(
                connection -> vault.hasSmall(connection, unit, amountMax, count));
    }

    List<MintOperation> pending(int countMax) {
        return database.transaction(connection -> vault.pending(connection, bootId, countMax));
    }

    /// Takes small proofs and writes their swap down; empty when there are too few.
    Optional<MintOperation> begin(
            CurrencyUnit unit,
            long amountMax,
            int countMax,
            SpendPicker.FeeOf fees,
            Function<SpendPicker.Picked, MintOperation> plan) {
        return database.transaction(connection -> {
            List<VaultProof> small = vault.small(connection, unit, amountMax, countMax);
            SpendPicker.Picked picked = SpendPicker.all(small, fees);
            if (picked.proofs().size() < WORTH_IT || picked.netSteps() <= 0) {
                return Optional.empty();
            }
            MintOperation operation = plan.apply(picked);
            vault.begin(connection, operation, picked, bootId, clock.instant());
            return Optional.of(operation);
        });
    }

    void done(MintOperation operation, List<Proof> proofs) {
        database.inTransaction(connection -> {
            Msat fee = operation.unit().toMsat(operation.feeSteps());
            if (operations.done(connection, operation, proofs, clock.instant())
                    && fee.isPositive()) {
                ledger.post(
                        connection,
                        Transfer.moving()
                                .give(Account.ECASH_TREASURY, fee)
                                .take(Account.OPERATOR_EQUITY, fee)
                                .of("mint_fee", operation.id().toString()));
            }
        });
    }

    /// The mint refused: the proofs are loose again.
    void refused(MintOperation operation, int code) {
        database.inTransaction(connection -> {
            var _ = operations.refused(connection, operation.id(), code, clock.instant());
        });
    }
}
