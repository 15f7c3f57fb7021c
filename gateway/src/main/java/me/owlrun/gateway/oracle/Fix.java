package me.owlrun.gateway.oracle;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// The price of a day (UTC), with which the bills of the next day are made. It never changes; a
/// correction is another version.
///
/// @param basisDay when the price was seen, before `day` when it was carried over
/// @param samples minutes of that day that had a price
/// @param sources who took part in them, with commas between
/// @param sha256 of the day and those minutes, so that anybody can recompute it
/// @param reason why the operator made it; empty when it was measured
record Fix(
        LocalDate day,
        int version,
        Kind kind,
        BtcRate rate,
        LocalDate basisDay,
        int samples,
        String sources,
        String sha256,
        Instant madeAt,
        String reason) {

    /// Half of the minutes of a day.
    static final int SAMPLES_MIN = 720;

    /// Where the price comes from.
    enum Kind {
        /// The mean of the day's minutes.
        MEAN,
        /// That of the day before, as too few minutes had a price.
        CARRIED,
        /// The first price there was, before any day could be measured.
        FIRST,
        /// The operator's, in place of a wrong one.
        CORRECTION;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A day's first version, out of its minutes; empty when they are too few and there is no price
    /// to carry over.
    ///
    /// @param minutes of that day, ascending
    /// @param before the price of an earlier day
    static Optional<Fix> ofDay(
            LocalDate day, List<MinutePrice> minutes, Optional<Fix> before, Instant now) {
        Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        Optional<BtcRate> mean =
                minutes.size() < SAMPLES_MIN ? Optional.empty() : TimeMean.of(minutes, end);
        return mean.map(rate -> of(day, 1, Kind.MEAN, rate, day, minutes, now))
                .or(() ->
                        before.map(fix ->
                                of(
                                        day,
                                        1,
                                        Kind.CARRIED,
                                        fix.rate(),
                                        fix.basisDay(),
                                        minutes,
                                        now)));
    }

    static Fix of(
            LocalDate day,
            int version,
            Kind kind,
            BtcRate rate,
            LocalDate basisDay,
            List<MinutePrice> minutes,
            Instant now) {
        TreeSet<String> sources = new TreeSet<>();
        minutes.forEach(minute -> sources.addAll(List.of(minute.sources().split(","))));
        return new Fix(
                day,
                version,
                kind,
                rate,
                basisDay,
                minutes.size(),
                String.join(",", sources),
                sha256(day, kind, rate, minutes),
                now,
                "");
    }

    /// The same with the operator's reason.
    Fix because(String why) {
        return new Fix(day, version, kind, rate, basisDay, samples, sources, sha256, madeAt, why);
    }

    /// Over the lines `day kind cents` and one `epoch-second cents` for each minute.
    private static String sha256(
            LocalDate day, Kind kind, BtcRate rate, List<MinutePrice> minutes) {
        StringBuilder text = new StringBuilder();
        text.append(day + " " + kind.text() + " " + rate.usdCentsPerBtc() + "\n");
        minutes.forEach(m -> text.append(m.minute().getEpochSecond() + " " + m.usdCents() + "\n"));
        return Sha256.hexOf(text.toString());
    }

    /// As everybody is told.
    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("day", day.toString());
        json.put("version", version);
        json.put("kind", kind.text());
        json.put("usd", rate.usd());
        json.put("basis_day", basisDay.toString());
        json.put("samples", samples);
        json.put("sources", sources);
        json.put("sha256", sha256);
        json.put("made_at", madeAt.toString());
        if (!reason.isEmpty()) {
            json.put("reason", reason);
        }
        return json;
    }

    Oracle.RateId id() {
        return new Oracle.RateId(Optional.of(day), version);
    }
}
