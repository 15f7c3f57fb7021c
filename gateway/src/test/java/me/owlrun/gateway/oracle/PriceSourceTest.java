package me.owlrun.gateway.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.json.Json;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;
import java.util.Optional;

/// Answers of the sources, in the shapes of their documentation.
final class PriceSourceTest {

    private static final Instant ASKED = Instant.parse("2026-11-21T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "COINBASE|`{\"data\":{\"amount\":\"87200.125\",\"base\":\"BTC\","
                        + "\"currency\":\"USD\"}}`|8720013|1795262400",
                "COINBASE|`{\"data\":{\"amount\":\"87200\"}}`|8720000|1795262400",
                "KRAKEN|`{\"error\":[],\"result\":{\"XXBTZUSD\":{\"a\":[\"87201.00000\",\"1\","
                        + "\"1.000\"],\"b\":[\"87199.9\",\"1\",\"1.000\"],\"c\":[\"87200.10000\","
                        + "\"0.00250000\"],\"v\":[\"1.5\",\"2.5\"],\"t\":[10,20]}}}`"
                        + "|8720010|1795262400",
                "BITSTAMP|`{\"timestamp\":\"1795262390\",\"open\":\"87000\",\"high\":\"88000\","
                        + "\"low\":\"86000\",\"last\":\"87200\",\"volume\":\"100.5\","
                        + "\"side\":\"0\"}`|8720000|1795262390",
                "GEMINI|`{\"bid\":\"87199.10\",\"ask\":\"87200.50\",\"volume\":{\"BTC\":\"1.5\","
                        + "\"USD\":\"130000\",\"timestamp\":1795262400000},"
                        + "\"last\":\"87200.00\"}`|8720000|1795262400",
                "MEMPOOL|`{\"time\":1795262101,\"USD\":87200,\"EUR\":80000}`|8720000|1795262101"
            })
    void read_documentedAnswer_givesThePrice(
            PriceSource source, String answer, long usdCents, long epochSecond) {
        Instant at = Instant.ofEpochSecond(epochSecond);
        assertEquals(
                Optional.of(new Quote(source, usdCents, at)),
                source.read(Json.parse(answer), ASKED));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "COINBASE|`{\"errors\":[{\"id\":\"not_found\"}]}`",
                "COINBASE|`{\"data\":{\"amount\":\"0\"}}`",
                "COINBASE|`{\"data\":{\"amount\":\"-1\"}}`",
                "COINBASE|`{\"data\":{\"amount\":\"0.001\"}}`",
                "COINBASE|`{\"data\":{\"amount\":\"1e999999\"}}`",
                "COINBASE|`{\"data\":{\"amount\":\"10000000000.01\"}}`",
                "COINBASE|`{\"data\":{\"amount\":\"NaN\"}}`",
                "COINBASE|`{\"data\":{\"amount\":null}}`",
                "COINBASE|`{\"data\":{\"amount\":true}}`",
                "COINBASE|`[]`",
                "KRAKEN|`{\"error\":[\"EGeneral:Too many requests\"]}`",
                "KRAKEN|`{\"error\":[],\"result\":{\"XXBTZEUR\":{\"c\":[\"1\"]}}}`",
                "GEMINI|`{\"result\":\"error\",\"reason\":\"Maintenance\"}`",
                "MEMPOOL|`{\"EUR\":1}`"
            })
    void read_noPrice_isNone(PriceSource source, String answer) {
        assertEquals(Optional.empty(), source.read(Json.parse(answer), ASKED));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "BITSTAMP|`{\"last\":\"87200\"}`",
                "BITSTAMP|`{\"last\":\"87200\",\"timestamp\":\"soon\"}`",
                "MEMPOOL|`{\"USD\":87200,\"time\":-5}`"
            })
    void read_withoutItsTime_isLongAgo(PriceSource source, String answer) {
        assertEquals(
                Optional.of(new Quote(source, 8_720_000, Instant.EPOCH)),
                source.read(Json.parse(answer), ASKED));
    }
}
