package me.owlrun.gateway.lnurl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Addresses people type.
final class LightningAddressTest {

    /// The example of LUD-01.
    private static final String EXAMPLE =
            "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV"
                    + "56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS";

    private static String lnurl(String url) {
        byte[] words = Words.ofBytes(url.getBytes(StandardCharsets.UTF_8));
        return new Bech32("lnurl", words).encode(Bech32.Variant.BECH32);
    }

    @ParameterizedTest
    @CsvSource({
        "you@minibits.cash, https://minibits.cash/.well-known/lnurlp/you",
        "' You@MINIBITS.cash ', https://minibits.cash/.well-known/lnurlp/you",
        "a.b-c_d+tag@pay.example.org, https://pay.example.org/.well-known/lnurlp/a.b-c_d+tag"
    })
    void parse_address_leadsToItsTerms(String text, String url) {
        LightningAddress address = LightningAddress.parse(text).orElseThrow();
        assertEquals(url, address.url().toString());
        assertEquals(text.strip().toLowerCase(java.util.Locale.ROOT), address.toString());
    }

    @Test
    void parse_lnurl_leadsToItsTerms() {
        String url =
                "https://service.com/api"
                        + "?q=3fc3645b439ce8e7f2553a69e5267081d96dcd340693afabe04be7b0ccd178df";
        assertEquals(url, LightningAddress.parse(EXAMPLE).orElseThrow().url().toString());
        assertEquals(
                "https://a.example.org/b",
                LightningAddress.parse(lnurl("https://a.example.org/b"))
                        .orElseThrow()
                        .url()
                        .toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "you",
                "@minibits.cash",
                "you@",
                "you@you@minibits.cash",
                "you@localhost",
                "you@127.0.0.1",
                "you@[::1]",
                "you@host.local",
                "you@minibits.cash:8080",
                "you@minibits.cash/x",
                "you@minibits.cash?x",
                "y\u00f6u@minibits.cash",
                "y/u@minibits.cash",
                "y%75@minibits.cash",
                "..@minibits.cash",
                "you@abc.onion",
                "lnurl1xxxx",
                "lno1pg257enxv4ezqcneype82um50ynhxgrwdajx293pqglnyxw6q0hzngfdusg8umzuxe"
            })
    void parse_anythingElse_isNone(String text) {
        assertEquals(Optional.empty(), LightningAddress.parse(text));
    }

    @Test
    void parse_longUser_endsAt64() {
        assertEquals(64 + 14, text("a".repeat(64)).orElseThrow().length());
        assertEquals(Optional.empty(), text("a".repeat(65)));
    }

    private static Optional<String> text(String user) {
        return LightningAddress.parse(user + "@minibits.cash").map(LightningAddress::text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a.example.org/b",
                "https://127.0.0.1/b",
                "https://a.example.org:8443/b",
                "https://u@a.example.org/b",
                "http://abc.onion/b",
                "no address"
            })
    void parse_lnurlOutOfBounds_isNone(String url) {
        assertEquals(Optional.empty(), LightningAddress.parse(lnurl(url)));
    }

    @Test
    void parse_lnurlWithOneWrongLetter_isNone() {
        for (int i = 6; i < EXAMPLE.length(); i++) {
            char other = EXAMPLE.charAt(i) == 'Q' ? 'P' : 'Q';
            String wrong = EXAMPLE.substring(0, i) + other + EXAMPLE.substring(i + 1);
            assertEquals(Optional.empty(), LightningAddress.parse(wrong), wrong);
        }
    }
}
