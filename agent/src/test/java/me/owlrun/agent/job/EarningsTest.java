package me.owlrun.agent.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// Millisats are added exactly, and a job counts once.
final class EarningsTest {
    @Test
    void book_theSameJobTwice_countsOnce() {
        Earnings earnings = new Earnings();
        earnings.book("a", 10, new Msat(42));
        earnings.book("a", 10, new Msat(42));
        earnings.book("b", 1, new Msat(1_999));
        assertEquals(new Earnings.Totals(2, 11, new Msat(2_041)), earnings.totals());
        assertEquals("2.041", earnings.totals().earned().satText());
    }

    @Test
    void msat_negativeOrOverflowing_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Msat(-1));
        Msat most = new Msat(Long.MAX_VALUE);
        assertThrows(ArithmeticException.class, () -> most.plus(new Msat(1)));
    }
}
