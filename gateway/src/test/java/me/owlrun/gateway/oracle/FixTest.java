package me.owlrun.gateway.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import me.owlrun.hash.Sha256;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The price of a day out of its minutes.
final class FixTest {

    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final Instant BEGIN = DAY.atStartOfDay(ZoneOffset.UTC).toInstant();
    private static final Instant AFTER = BEGIN.plusSeconds(86_405);

    private static MinutePrice at(int minute, long usdCents) {
        return new MinutePrice(BEGIN.plusSeconds(60L * minute), usdCents, "coinbase,kraken");
    }

    private static List<MinutePrice> minutes(int from, int until, long usdCents) {
        return IntStream.range(from, until).mapToObj(minute -> at(minute, usdCents)).toList();
    }

    private static Fix fix(List<MinutePrice> minutes, Optional<Fix> before) {
        return Fix.ofDay(DAY, minutes, before, AFTER).orElseThrow();
    }

    @Test
    void ofDay_wholeDay_isItsMean() {
        List<MinutePrice> minutes = new ArrayList<>(minutes(0, 720, 100));
        minutes.addAll(minutes(720, 1_440, 201));
        Fix fix = fix(minutes, Optional.empty());
        assertEquals(151, fix.rate().usdCentsPerBtc()); // 150.5 upwards
        assertEquals(Fix.Kind.MEAN, fix.kind());
        assertEquals("2026-11-20/1", fix.id().toString());
        assertEquals(1_440, fix.samples());
        assertEquals("coinbase,kraken", fix.sources());
        assertEquals(DAY, fix.basisDay());
    }

    @Test
    void ofDay_halfADay_isEnough_lessIsNot() {
        Fix half = fix(minutes(0, 720, 100), Optional.empty());
        assertEquals(Fix.Kind.MEAN, half.kind());
        assertEquals(
                Optional.empty(), Fix.ofDay(DAY, minutes(0, 719, 100), Optional.empty(), AFTER));
        Fix before =
                Fix.of(
                        DAY.minusDays(1),
                        3,
                        Fix.Kind.CORRECTION,
                        new BtcRate(77),
                        DAY.minusDays(1),
                        List.of(),
                        AFTER);
        Fix carried = fix(minutes(0, 719, 100), Optional.of(before));
        assertEquals(Fix.Kind.CARRIED, carried.kind());
        assertEquals(77, carried.rate().usdCentsPerBtc());
        assertEquals(DAY.minusDays(1), carried.basisDay());
        assertEquals(1, carried.version());
        assertEquals(719, carried.samples());
    }

    /// A price stands until the next one: a minute before a gap weighs more, up to 15 minutes.
    @Test
    void timeMean_gaps_areFilledForAQuarterOfAnHour() {
        Instant end = BEGIN.plusSeconds(600);
        assertEquals(
                Optional.of(new BtcRate(190)),
                TimeMean.of(List.of(at(0, 100), at(1, 200)), end)); // 1 and 9 minutes
        Instant longAfter = BEGIN.plusSeconds(7_200);
        assertEquals(
                Optional.of(new BtcRate(150)),
                TimeMean.of(List.of(at(0, 100), at(60, 200)), longAfter)); // 15 each
        assertEquals(Optional.empty(), TimeMean.of(List.of(), end));
    }

    @Test
    void timeMean_largestPrices_doNotOverflow() {
        Fix fix = fix(minutes(0, 1_440, 1_000_000_000_000L), Optional.empty());
        assertEquals(1_000_000_000_000L, fix.rate().usdCentsPerBtc());
    }

    @Test
    void sha256_anybody_canRecomputeIt() {
        List<MinutePrice> minutes = minutes(0, 720, 100);
        StringBuilder text = new StringBuilder("2026-11-20 mean 100\n");
        minutes.forEach(m -> text.append(m.minute().getEpochSecond()).append(" 100\n"));
        assertEquals(Sha256.hexOf(text.toString()), fix(minutes, Optional.empty()).sha256());
        assertNotEquals(
                fix(minutes(0, 721, 100), Optional.empty()).sha256(),
                fix(minutes, Optional.empty()).sha256());
    }
}
