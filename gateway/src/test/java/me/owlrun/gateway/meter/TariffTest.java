package me.owlrun.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigDecimal;
import java.util.SplittableRandom;

/// Costs in millisats at a rate, worked out by hand and turned back.
final class TariffTest {

    private static final BtcRate RATE = BtcRate.ofUsd("87200.00");

    private static Tariff tariff(String input, String output, BtcRate rate) {
        return new Tariff(
                ModelPrice.perMillion(new BigDecimal(input), new BigDecimal(output)),
                rate,
                Msat.of(10));
    }

    @ParameterizedTest(name = "{0}/{1} USD, {2}+{3} tokens")
    @CsvSource(
            textBlock =
                    """
                    # input, output, prompt, completion, cost
                    0.005, 0.01,  9,       2,       10
                    0.005, 0.01,  1000000, 0,       5792
                    0.005, 0.01,  0,       1000000, 11584
                    0.18,  0.50,  0,       1000,    580
                    0.18,  0.50,  1000000, 1000000, 787694
                    """)
    void cost_ofTokens_isAsWorkedOutByHand(
            String input, String output, long prompt, long completion, long cost) {
        assertEquals(
                Msat.of(cost), tariff(input, output, RATE).cost(new Usage(prompt, completion)));
    }

    @Test
    void affordable_anyAmount_isTheMostThatItPaysFor() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 5_000; i++) {
            Tariff tariff =
                    new Tariff(
                            new ModelPrice(
                                    random.nextLong(0, 200_000), random.nextLong(1, 500_000)),
                            new BtcRate(random.nextLong(1_000, 50_000_000)),
                            Msat.of(random.nextLong(1, 5_000)));
            Msat value = Msat.of(random.nextLong(10, 10_000_000));
            long prompt = random.nextLong(0, 20_000);
            long most = tariff.affordableCompletionTokens(value, prompt);
            if (most >= 0) {
                assertTrue(tariff.cost(new Usage(prompt, most)).compareTo(value) <= 0);
                assertTrue(tariff.cost(new Usage(prompt, most + 1)).compareTo(value) > 0);
            } else {
                assertTrue(tariff.cost(new Usage(prompt, 0)).compareTo(value) > 0);
            }
        }
    }

    @Test
    void affordable_belowTheFloor_isNothing() {
        assertEquals(-1, tariff("0.005", "0.01", RATE).affordableCompletionTokens(Msat.of(9), 0));
    }

    @Test
    void price_finerThanAPicoUsd_isRefused() {
        BigDecimal fine = new BigDecimal("0.0000001");
        assertThrows(
                IllegalArgumentException.class, () -> ModelPrice.perMillion(fine, BigDecimal.ONE));
    }

    @Test
    void price_inTheFormsOfTheModelList_isExact() {
        ModelPrice price = ModelPrice.perMillion(new BigDecimal("0.005"), new BigDecimal("0.01"));
        assertEquals("0.0000000050", price.inputUsdPerToken());
        assertEquals("0.0000000100", price.outputUsdPerToken());
        assertEquals("0.005", price.inputUsdPerMillion().toPlainString());
        assertEquals("0.01", price.outputUsdPerMillion().toPlainString());
    }
}
