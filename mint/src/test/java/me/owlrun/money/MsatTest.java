package me.owlrun.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MsatTest {

    @ParameterizedTest
    @CsvSource({"0,0,0,0", "1,0,1,1", "999,0,1,999", "1000,1,1,0", "1001,1,2,1", "-1,-1,0,999"})
    void roundings_byName_goTheNamedWay(long msat, long floorSat, long ceilSat, long subSat) {
        Msat amount = Msat.of(msat);
        assertEquals(floorSat, amount.floorSat());
        assertEquals(ceilSat, amount.ceilSat());
        assertEquals(Msat.of(subSat), amount.subSat());
        assertEquals(amount, Msat.ofSat(floorSat).plus(amount.subSat()));
    }

    @Test
    void arithmetic_overflow_throws() {
        Msat max = Msat.of(Long.MAX_VALUE);
        assertThrows(ArithmeticException.class, () -> max.plus(Msat.of(1)));
        assertThrows(ArithmeticException.class, () -> Msat.of(Long.MIN_VALUE).negated());
        assertThrows(ArithmeticException.class, () -> Msat.ofSat(Long.MAX_VALUE));
        assertThrows(ArithmeticException.class, () -> Msat.of(Long.MIN_VALUE).minus(Msat.of(1)));
    }
}
