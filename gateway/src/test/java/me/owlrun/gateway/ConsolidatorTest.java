package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.vault.Consolidator;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/// Many small coins become few large ones, once, also when the answer is lost.
final class ConsolidatorTest {

    private static final String LOOSE =
            "SELECT count(*) FROM vault_proof WHERE state = 'held' AND kit_id IS NULL";

    private static final String PENDING =
            "SELECT count(*) FROM mint_operation WHERE state = 'pending'";

    private static Mint mint;
    private static TcpProxy proxy;
    private static TestGateway gateway;
    private static TestVault vault;

    @BeforeAll
    static void start() throws IOException {
        mint = TestMint.fresh().start();
        proxy = new TcpProxy(mint.port());
        gateway = TestGateway.startBehind(mint, "--float.target=1000", "--float.kits=1");
        gateway.awaitFloat();
        gateway.stopGateway();
        vault = new TestVault(gateway, "http://127.0.0.1:" + proxy.port());
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            assertEquals(List.of(), gateway.audit());
        } finally {
            vault.close();
            proxy.close();
            mint.close();
        }
    }

    @Test
    void smallCoins_areSwappedWhenThereAreMany_andTheirWorthStays() {
        long worth = vault.loose(CurrencyUnit.MSAT);
        vault.shatter(480);
        Consolidator consolidator = vault.consolidator("c1");
        long few = TestSql.number(gateway, LOOSE);
        consolidator.round();
        assertEquals(few, TestSql.number(gateway, LOOSE), "too few to be worth it");
        vault.shatter(60);
        consolidator.round();
        assertTrue(TestSql.number(gateway, LOOSE) < 100, "few are left");
        assertEquals(worth, vault.loose(CurrencyUnit.MSAT));
    }

    @Test
    void answerThatIsLost_isFoundByTheNextGateway() {
        long worth = vault.held();
        vault.shatter(520);
        proxy.dropAnswers("/v1/swap", 2);
        vault.consolidator("c2").round();
        proxy.dropAnswers("/v1/swap", 0);
        assertEquals(1, TestSql.number(gateway, PENDING), "written down and not ended");
        assertEquals(worth, vault.held());
        Consolidator next = vault.consolidator("c3");
        Waiting.until(
                "ended",
                () -> {
                    next.round();
                    return TestSql.number(gateway, PENDING) == 0;
                });
        assertTrue(TestSql.number(gateway, LOOSE) < 100);
        assertEquals(worth, vault.held());
    }

    @Test
    void coinsThatAreTooManyForOnePayment_areMergedOnDemand() {
        long worth = vault.held();
        Consolidator consolidator = vault.consolidator("c4");
        vault.shatter(430);
        consolidator.round();
        assertTrue(TestSql.number(gateway, LOOSE) >= 430, "not yet worth it by themselves");
        consolidator.merge(CurrencyUnit.MSAT);
        consolidator.round();
        assertTrue(TestSql.number(gateway, LOOSE) < 400);
        assertEquals(worth, vault.held());
    }
}
