package me.owlrun.gateway.oracle;

import com.fasterxml.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Where a price of one bitcoin in US dollars is asked, without a key. Dollars only: a price in a
/// token that is meant to be a dollar brings the risk that it is not.
enum PriceSource {
    /// Coinbase's spot price.
    COINBASE("https://api.coinbase.com/v2/prices/BTC-USD/spot"),
    /// Kraken's last trade.
    KRAKEN("https://api.kraken.com/0/public/Ticker?pair=XBTUSD"),
    /// Bitstamp's last trade, with its time.
    BITSTAMP("https://www.bitstamp.net/api/v2/ticker/btcusd/"),
    /// Gemini's last trade.
    GEMINI("https://api.gemini.com/v1/pubticker/btcusd"),
    /// An average of exchanges, with its time; it has a say only where the others do not agree.
    MEMPOOL("https://mempool.space/api/v1/prices");

    private static final long CENTS_MAX = 1_000_000_000_000L;
    private static final int CENT_DIGITS = 2;

    private final String url;

    PriceSource(String url) {
        this.url = url;
    }

    URI url() {
        return URI.create(url);
    }

    boolean isTieBreaker() {
        return this == MEMPOOL;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The price in an answer; empty when there is none that can be read.
    ///
    /// @param asked when it was asked for, the price's time where the source tells none
    Optional<Quote> read(JsonNode answer, Instant asked) {
        JsonNode price =
                switch (this) {
                    case COINBASE -> answer.path("data").path("amount");
                    case KRAKEN -> answer.path("result").path("XXBTZUSD").path("c").path(0);
                    case BITSTAMP, GEMINI -> answer.path("last");
                    case MEMPOOL -> answer.path("USD");
                };
        Instant at =
                switch (this) {
                    case COINBASE, KRAKEN, GEMINI -> asked;
                    case BITSTAMP -> epochSecond(answer.path("timestamp"));
                    case MEMPOOL -> epochSecond(answer.path("time"));
                };
        return cents(price).map(cents -> new Quote(this, cents, at));
    }

    /// Half a cent and more is a cent.
    private static Optional<Long> cents(JsonNode price) {
        if (!price.isTextual() && !price.isNumber()) {
            return Optional.empty();
        }
        try {
            BigDecimal usd = new BigDecimal(price.asText());
            boolean isSane = usd.precision() <= 40 && Math.abs(usd.scale()) <= 40;
            return Optional.of(usd)
                    .filter(_ -> isSane)
                    .map(sane -> sane.movePointRight(CENT_DIGITS).setScale(0, RoundingMode.HALF_UP))
                    .filter(cents -> cents.signum() > 0)
                    .filter(cents -> cents.compareTo(BigDecimal.valueOf(CENTS_MAX)) <= 0)
                    .map(BigDecimal::longValueExact);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// A time that cannot be read is long ago, so the price does not count.
    private static Instant epochSecond(JsonNode seconds) {
        String text = seconds.asText();
        return text.matches("[0-9]{1,11}")
                ? Instant.ofEpochSecond(Long.parseLong(text))
                : Instant.EPOCH;
    }
}
