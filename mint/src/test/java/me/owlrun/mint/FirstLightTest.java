package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

/// The shortest way through a mint, in both units.
final class FirstLightTest {

    @ParameterizedTest
    @EnumSource(CurrencyUnit.class)
    void wallet_mintsAndSwaps_keepsItsMoney(CurrencyUnit unit) {
        TestMint place = TestMint.fresh();
        try (Mint mint = place.start()) {
            TestWallet wallet = new TestWallet(mint.url(), unit);
            List<Proof> minted = wallet.mint(21);
            List<Proof> swapped = wallet.swap(minted, List.of(1L, 4L, 16L));
            assertEquals(21, TestWallet.sum(swapped));
            assertEquals(List.of("SPENT", "SPENT", "SPENT"), wallet.states(minted));
            assertEquals(List.of("UNSPENT", "UNSPENT", "UNSPENT"), wallet.states(swapped));
        }
        Audit.check(place, unit, 21);
    }
}
