package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import me.owlrun.config.Settings;
import me.owlrun.gateway.lnurl.DescriptionHash;
import me.owlrun.gateway.lnurl.FailureClass;
import me.owlrun.gateway.lnurl.LightningAddress;
import me.owlrun.gateway.lnurl.LnurlPay;
import me.owlrun.gateway.lnurl.LnurlSettings;
import me.owlrun.gateway.lnurl.Lookup;
import me.owlrun.gateway.lnurl.Network;
import me.owlrun.gateway.lnurl.PayInvoice;
import me.owlrun.gateway.lnurl.PayTerms;
import me.owlrun.gateway.lnurl.Refusal;
import me.owlrun.gateway.lnurl.Settlement;
import me.owlrun.gateway.lnurl.TestLnurl;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// From settings to an invoice, as payouts do it.
final class LnurlSettingsTest {

    private static Settings settings(String... flags) {
        return GatewaySettings.read(Map.of(), List.of(flags));
    }

    @Test
    void lnurl_ofPlayMoney_reachesTheServerOnThisMachine() {
        try (TestLnurl server = TestLnurl.start(Clock.systemUTC())) {
            LnurlPay lnurl =
                    LnurlSettings.lnurl(settings(server.flag()), Network.PLAY, Clock.systemUTC());
            LightningAddress address = server.address("you");
            Lookup<PayTerms> terms = lnurl.terms(address);
            PayTerms found = ((Lookup.Found<PayTerms>) terms).value();
            Lookup<PayInvoice> invoice = lnurl.invoice(found, Msat.ofSat(100), "hello");
            PayInvoice paid = ((Lookup.Found<PayInvoice>) invoice).value();
            Lookup<Settlement> settled = lnurl.verify(paid.verify().orElseThrow());
            assertEquals(
                    new Lookup.Found<>(new Settlement(true, Optional.of("0".repeat(64)))), settled);
            Refusal refusal =
                    assertInstanceOf(Lookup.Refused.class, lnurl.terms(server.address("nobody")))
                            .refusal();
            assertEquals(FailureClass.ADDRESS, refusal.failureClass());
        }
    }

    @Test
    void descriptionHash_isReadAsDocumented() {
        Map<String, DescriptionHash> words =
                Map.of(
                        "match-if-present", DescriptionHash.MATCH_IF_PRESENT,
                        "strict", DescriptionHash.STRICT,
                        "off", DescriptionHash.OFF);
        words.forEach((word, policy) ->
                assertEquals(
                        policy,
                        settings("--lnurl.description_hash=" + word)
                                .get(LnurlSettings.DESCRIPTION_HASH)));
        assertEquals(
                DescriptionHash.MATCH_IF_PRESENT, settings().get(LnurlSettings.DESCRIPTION_HASH));
    }
}
