package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
import me.owlrun.config.ConfigException;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.api.Test;

import java.util.List;

/// Keyset identifiers of both versions (NUT-02).
final class KeysetVersionTest {

    private final TestMint place = TestMint.fresh();

    @Test
    void change_ofTheVersion_rotatesThereAndBack() {
        List<Proof> second;
        try (Mint mint = place.start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertTrue(wallet.keyset().id().value().matches("01[0-9a-f]{64}"));
            second = wallet.mint(4);
        }
        List<Proof> first;
        try (Mint mint = place.start("--fake.pay_delay=0", "--keyset.id_version=1")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertTrue(wallet.keyset().id().value().matches("00[0-9a-f]{14}"));
            assertEquals(KeysetId.deriveV1(wallet.keyset().keys()), wallet.keyset().id());
            first = wallet.swap(second, List.of(1L, 1L, 2L));
        }
        try (Mint mint = place.start("--fake.pay_delay=0", "--keyset.id_version=1")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertEquals(first.getFirst().keysetId(), wallet.keyset().id());
            assertEquals(4, wallet.get("/v1/keysets").ok().path("keysets").size());
        }
        try (Mint mint = place.start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertTrue(wallet.keyset().id().value().startsWith("01"));
            assertEquals(4, TestWallet.sum(wallet.swap(first, List.of(4L))));
            assertEquals(6, wallet.get("/v1/keysets").ok().path("keysets").size());
        }
        Audit.check(place, CurrencyUnit.SAT, 4);
        assertEquals(6, Audit.number(place, "SELECT count(DISTINCT id) FROM keyset"));
    }

    @Test
    void version_thatDoesNotExist_stopsTheStart() {
        assertThrows(ConfigException.class, () -> place.start("--keyset.id_version=3"));
    }
}
