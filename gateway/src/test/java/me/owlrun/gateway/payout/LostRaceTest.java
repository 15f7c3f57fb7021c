package me.owlrun.gateway.payout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.SpendPicker;
import me.owlrun.gateway.vault.VaultProof;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// Whoever comes second to the coins of the vault must not take them for missing: a vault that is
/// short stops payouts for a while, one that is busy is asked again in the next round.
final class LostRaceTest {

    private final PayoutTables tables = new PayoutTables();
    private final PayoutStore store = tables.store(InstantSource.system(), "boot");

    @AfterEach
    void audit() {
        try (tables) {
            assertEquals(List.of(), tables.findings());
        }
    }

    private static PayoutRequest ecash(long account, long amount) {
        return ecash(account, amount, 0);
    }

    private static PayoutRequest ecash(long account, long amount, long feePpk) {
        return new PayoutRequest(
                account,
                false,
                Optional.empty(),
                "sha",
                Msat.of(amount),
                Msat.ZERO,
                CurrencyUnit.MSAT,
                false,
                "",
                Optional.empty(),
                amount,
                _ -> OptionalLong.of(feePpk),
                Amounts.split(amount).size(),
                coins -> swap(coins, amount));
    }

    private static MintOperation swap(SpendPicker.Picked coins, long amount) {
        List<OutputData> outputs = new ArrayList<>();
        Amounts.split(amount).forEach(part -> outputs.add(SimMint.output(part)));
        Amounts.split(coins.netSteps() - amount).forEach(part -> outputs.add(SimMint.output(part)));
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.WITHDRAW,
                coins.proofs().stream().map(VaultProof::proof).toList(),
                Optional.empty(),
                SimMint.KEYSET,
                CurrencyUnit.MSAT,
                0,
                outputs);
    }

    @Test
    void coins_thatSomebodyElseLocks_areBusy() {
        long account = tables.accountWith(List.of(4_096L, 4_096L));
        tables.database()
                .inTransaction(connection -> {
                    try (Statement lock = connection.createStatement()) {
                        lock.execute("SELECT 1 FROM vault_proof WHERE state = 'held' FOR UPDATE");
                    }
                    assertInstanceOf(Began.VaultBusy.class, store.begin(ecash(account, 5_000)));
                });
        assertInstanceOf(Began.Opened.class, store.begin(ecash(account, 5_000)));
    }

    @Test
    void coins_whoseRestComesBackSoon_areBusy_andThoseThatAreGoneAreMissing() {
        long account = tables.accountWith(List.of(8_192L));
        assertInstanceOf(Began.Opened.class, store.begin(ecash(account, 1_000)));
        assertInstanceOf(Began.VaultBusy.class, store.begin(ecash(account, 7_000)));
        tables.execute("UPDATE mint_operation SET created_at = now() - interval '3 minutes'");
        assertInstanceOf(Began.VaultShort.class, store.begin(ecash(account, 7_000)));
    }

    @Test
    void coins_thatDoNotCoverTheirOwnFee_areMissing() {
        long account = tables.accountWith(List.of(4_096L, 4_096L));
        assertInstanceOf(Began.VaultShort.class, store.begin(ecash(account, 8_192, 100)));
        assertInstanceOf(Began.Opened.class, store.begin(ecash(account, 8_192, 0)));
    }

    @Test
    void coins_ofAnotherUnit_areMissing() {
        long account = tables.accountWith(List.of(8_192L));
        tables.execute("UPDATE vault_proof SET unit = 'sat', amount = 8");
        tables.execute("UPDATE mint_operation SET unit = 'sat'");
        assertInstanceOf(Began.VaultShort.class, store.begin(ecash(account, 1_000)));
        tables.execute("UPDATE vault_proof SET unit = 'msat', amount = 8192");
        tables.execute("UPDATE mint_operation SET unit = 'msat'");
    }
}
