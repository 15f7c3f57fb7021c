package me.owlrun.gateway.lnurl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Every check on the way from an address to an invoice, against a real server.
final class LnurlPayTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Msat AMOUNT = Msat.ofSat(500);
    private static final String COMMENT = "owlrun payout 1";

    private TestLnurl server;
    private LnurlPay lnurl;

    @BeforeEach
    void start() {
        server = TestLnurl.start(new TestClock(NOW));
        lnurl = lnurl(Network.BITCOIN, DescriptionHash.MATCH_IF_PRESENT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private LnurlPay lnurl(Network network, DescriptionHash policy) {
        return new LnurlPay(server.http(), network, policy, new TestClock(NOW));
    }

    private Lookup<PayTerms> askTerms() {
        return lnurl.terms(server.address("you"));
    }

    private PayTerms terms() {
        return found(askTerms());
    }

    private Lookup<PayInvoice> askInvoice() {
        return lnurl.invoice(terms(), AMOUNT, COMMENT);
    }

    @SuppressWarnings("unchecked") // the class says which it is
    private static <T> T found(Lookup<T> lookup) {
        return ((Lookup.Found<T>) assertInstanceOf(Lookup.Found.class, lookup)).value();
    }

    private static Refusal refusal(Lookup<?> lookup) {
        return assertInstanceOf(Lookup.Refused.class, lookup).refusal();
    }

    private Refusal refusal(UnaryOperator<TestInvoice> change) {
        server.invoice(change);
        return refusal(askInvoice());
    }

    @Test
    void invoice_allRight_isFound() {
        PayTerms terms = terms();
        assertEquals(Msat.of(1_000), terms.min());
        assertEquals(Msat.of(1_000_000_000), terms.max());
        assertEquals(20, terms.commentChars());
        PayInvoice found = found(lnurl.invoice(terms, AMOUNT, COMMENT));
        assertEquals(Optional.of(AMOUNT), found.invoice().amount());
        assertEquals(found.bolt11(), found.invoice().text());
        assertEquals(
                Optional.of(URI.create("https://wallet.example.org/verify/yes")), found.verify());
        assertEquals(List.of("amount=500000&comment=owlrun+payout+1"), server.callbacks());
    }

    @Test
    void invoice_comment_isCutToWhatIsAllowed() {
        server.terms(json -> json.put("commentAllowed", 3));
        assertEquals(AMOUNT, found(askInvoice()).invoice().amount().orElseThrow());
        server.terms(json -> json.without("commentAllowed"));
        assertEquals(AMOUNT, found(askInvoice()).invoice().amount().orElseThrow());
        server.terms(json -> json.put("commentAllowed", -1));
        assertEquals(AMOUNT, found(askInvoice()).invoice().amount().orElseThrow());
        assertEquals(
                List.of("amount=500000&comment=owl", "amount=500000", "amount=500000"),
                server.callbacks());
    }

    @Test
    void invoice_callbackWithQuery_isAppendedTo() {
        server.terms(json -> json.put("callback", "https://wallet.example.org/pay/you?a=b#c"));
        assertEquals(AMOUNT, found(askInvoice()).invoice().amount().orElseThrow());
        assertEquals(List.of("a=b&amount=500000&comment=owlrun+payout+1"), server.callbacks());
    }

    @Test
    void terms_userUnknown_isTheAddressesFault() {
        assertEquals(Refusal.ADDRESS_UNKNOWN, refusal(lnurl.terms(server.address("nobody"))));
        server.rawTerms(404, "<html>not here</html>");
        assertEquals(Refusal.ADDRESS_UNKNOWN, refusal(askTerms()));
        server.rawTerms(410, "{\"detail\":\"gone\"}");
        assertEquals(Refusal.ADDRESS_UNKNOWN, refusal(askTerms()));
        assertEquals(FailureClass.ADDRESS, Refusal.ADDRESS_UNKNOWN.failureClass());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "200, `{\"status\":\"ERROR\",\"reason\":\"later\"}`",
                "200, `{\"status\":\"error\"}`",
                "502, <html>",
                "429, `{\"detail\":\"slow down\"}`",
                "503, `{}`"
            })
    void terms_serverInTrouble_isTemporary(int status, String body) {
        server.rawTerms(status, body);
        assertEquals(Refusal.TEMPORARY, refusal(askTerms()));
        assertEquals(FailureClass.TEMPORARY, Refusal.TEMPORARY.failureClass());
    }

    @Test
    void terms_serverGone_isTemporary() {
        server.close();
        assertEquals(Refusal.TEMPORARY, refusal(askTerms()));
    }

    @Test
    void terms_reasonOfTheServer_isCutAndStripped() {
        String reason = "a\\u001b[31m\\n\\u202eb" + "x".repeat(200);
        server.rawTerms(200, "{\"status\":\"ERROR\",\"reason\":\"" + reason + "\"}");
        String said = assertInstanceOf(Lookup.Refused.class, askTerms()).reason();
        assertEquals(90, said.length());
        assertTrue(said.startsWith("the server says: a [31m bxx"), said);
    }

    /// The status of HTTP means nothing when the answer is one (LUD-01).
    @Test
    void terms_goodAnswerWithOddStatus_isRead() {
        String body =
                Json.text(
                        Json.object()
                                .put("tag", "payRequest")
                                .put("callback", "https://wallet.example.org/pay/you")
                                .put("minSendable", 1)
                                .put("maxSendable", 2)
                                .put("metadata", "[]"));
        server.rawTerms(500, body);
        assertEquals(Msat.of(1), terms().min());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "[]", "{\"tag\":\"payRequest\",\"tag\":\"x\"}", "{} {}"})
    void terms_noJsonObject_isRefused(String body) {
        server.rawTerms(200, body);
        assertEquals(Refusal.FORM, refusal(askTerms()));
    }

    @Test
    void terms_picture_isReadUpTo256Kb() {
        server.terms(json -> json.put("metadata", "x".repeat(200_000)));
        assertEquals(200_000, terms().metadata().length());
        server.terms(json -> json.put("metadata", "x".repeat(270_000)));
        assertEquals(Refusal.FORM, refusal(askTerms()));
    }

    @Test
    void terms_anotherTag_isRefused() {
        server.terms(json -> json.put("tag", "withdrawRequest"));
        assertEquals(Refusal.TAG, refusal(askTerms()));
        server.terms(json -> json.without("tag"));
        assertEquals(Refusal.TAG, refusal(askTerms()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://wallet.example.org/pay/you",
                "https://127.0.0.1/pay",
                "https://[::1]/pay",
                "https://router.local/pay",
                "https://wallet.example.org:8443/pay",
                "https://user@wallet.example.org/pay",
                "/pay/you",
                "not an address"
            })
    void terms_callbackOutOfBounds_isRefused(String callback) {
        server.terms(json -> json.put("callback", callback));
        assertEquals(Refusal.CALLBACK, refusal(askTerms()));
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "-1, 1000", "1001, 1000", "1.5, 1000", "1, 1e30", "'\"1\"', 1000"})
    void terms_rangeWithoutSense_isRefused(String min, String max) {
        server.terms(json ->
                json.<com.fasterxml.jackson.databind.node.ObjectNode>setAll(
                        Json.parseObject(
                                        "{\"minSendable\":" + min + ",\"maxSendable\":" + max + "}")
                                .deepCopy()));
        assertEquals(Refusal.RANGE, refusal(askTerms()));
    }

    @Test
    void terms_payerData_isRefusedOnlyWhenMandatory() {
        server.terms(json ->
                json.set("payerData", Json.parse("{\"name\":{\"mandatory\":false},\"email\":{}}")));
        assertEquals(Msat.of(1_000), terms().min());
        server.terms(json ->
                json.set("payerData", Json.parse("{\"name\":{},\"auth\":{\"mandatory\":true}}")));
        assertEquals(Refusal.MANDATORY_PAYER_DATA, refusal(askTerms()));
    }

    @Test
    void invoice_amountOutOfRange_asksNobody() {
        server.terms(json -> json.put("minSendable", 500_001).put("maxSendable", 600_000));
        assertEquals(Refusal.BELOW_MIN, refusal(askInvoice()));
        assertEquals(FailureClass.BELOW_MIN, Refusal.BELOW_MIN.failureClass());
        assertEquals(Refusal.RANGE, refusal(lnurl.invoice(terms(), Msat.ofSat(601), "")));
        assertThrows(
                IllegalArgumentException.class, () -> lnurl.invoice(terms(), Msat.of(500_500), ""));
        assertEquals(List.of(), server.callbacks());
    }

    @Test
    void invoice_missingOrUnreadable_isRefused() {
        server.rawCallback(200, "{\"status\":\"OK\"}");
        assertEquals(Refusal.INVOICE, refusal(askInvoice()));
        server.rawCallback(200, "{\"pr\":\"lnbc1garbage\"}");
        assertEquals(Refusal.INVOICE, refusal(askInvoice()));
        server.rawCallback(200, "{\"pr\":7}");
        assertEquals(Refusal.INVOICE, refusal(askInvoice()));
        assertEquals(FailureClass.BAD_INVOICE, Refusal.INVOICE.failureClass());
        server.rawCallback(200, "{\"status\":\"ERROR\",\"reason\":\"no liquidity\"}");
        assertEquals(Refusal.TEMPORARY, refusal(askInvoice()));
    }

    @Test
    void invoice_overAnotherAmount_isRefused() {
        assertEquals(Refusal.AMOUNT, refusal(draft -> draft.amount(Optional.of(Msat.of(500_001)))));
        assertEquals(Refusal.AMOUNT, refusal(draft -> draft.amount(Optional.of(Msat.of(499_999)))));
        assertEquals(Refusal.AMOUNT, refusal(draft -> draft.amount(Optional.empty())));
    }

    @Test
    void invoice_ofAnotherNetwork_isRefused() {
        for (String prefix : List.of("tb", "bcrt", "tbs")) {
            assertEquals(Refusal.NETWORK, refusal(draft -> draft.network(prefix)));
        }
        lnurl = lnurl(Network.PLAY, DescriptionHash.MATCH_IF_PRESENT);
        for (String prefix : List.of("tb", "bcrt", "tbs", "bc")) {
            server.invoice(draft -> draft.network(prefix));
            assertEquals(prefix, found(askInvoice()).invoice().network());
        }
    }

    @Test
    void invoice_thatEndsSoon_isAskedForTwice() {
        assertEquals(Refusal.EXPIRY, refusal(draft -> draft.expiry(Duration.ofSeconds(599))));
        assertEquals(2, server.callbacks().size());
        server.invoice(draft -> {
            boolean second = server.callbacks().size() == 4;
            return draft.expiry(Duration.ofSeconds(second ? 600 : 599));
        });
        assertEquals(Duration.ofMinutes(10), found(askInvoice()).invoice().expiry());
        assertEquals(
                Refusal.EXPIRY, refusal(draft -> draft.made(NOW.minus(Duration.ofMinutes(51)))));
    }

    @Test
    void invoice_withoutSignatureOrSecret_isRefused() {
        assertEquals(Refusal.SIGNATURE, refusal(TestInvoice::withoutSignature));
        assertEquals(Refusal.SECRET, refusal(TestInvoice::withoutSecret));
    }

    @Test
    void invoice_thatMayHangForLong_isRefused() {
        assertEquals(Refusal.CLTV, refusal(draft -> draft.finalCltvBlocks(501)));
        assertEquals(Refusal.CLTV, refusal(draft -> draft.finalCltvBlocks(1L << 50)));
        server.invoice(draft -> draft.finalCltvBlocks(500));
        assertEquals(500, found(askInvoice()).invoice().finalCltvBlocks());
    }

    @ParameterizedTest
    @CsvSource({
        "MATCH_IF_PRESENT, right, true",
        "MATCH_IF_PRESENT, wrong, false",
        "MATCH_IF_PRESENT, none, true",
        "STRICT, right, true",
        "STRICT, wrong, false",
        "STRICT, none, false",
        "OFF, right, true",
        "OFF, wrong, true",
        "OFF, none, true"
    })
    void invoice_descriptionHash_isAskedForByPolicy(
            DescriptionHash policy, String hash, boolean passes) {
        lnurl = lnurl(Network.BITCOIN, policy);
        server.invoice(draft ->
                switch (hash) {
                    case "wrong" -> draft.descriptionHash(Optional.of("0".repeat(64)));
                    case "none" -> draft.descriptionHash(Optional.empty()).description("coffee");
                    default -> draft;
                });
        Lookup<PayInvoice> asked = askInvoice();
        if (passes) {
            assertEquals(AMOUNT, found(asked).invoice().amount().orElseThrow());
        } else {
            assertEquals(Refusal.DESCRIPTION_HASH, refusal(asked));
        }
    }

    @Test
    void invoice_oddVerify_isLeftOut() {
        server.answer(json -> json.put("verify", "http://127.0.0.1/verify"));
        assertEquals(Optional.empty(), found(askInvoice()).verify());
        server.answer(json -> json.without("verify"));
        assertEquals(Optional.empty(), found(askInvoice()).verify());
    }

    @Test
    void verify_asksOnceAndTellsWhatTheServerSays() {
        String base = "https://wallet.example.org/verify/";
        assertEquals(
                new Settlement(true, Optional.of("0".repeat(64))),
                found(lnurl.verify(URI.create(base + "yes"))));
        assertEquals(
                new Settlement(false, Optional.empty()),
                found(lnurl.verify(URI.create(base + "no"))));
        assertEquals(Refusal.FORM, refusal(lnurl.verify(URI.create(base + "odd"))));
        assertEquals(
                Refusal.FORBIDDEN, refusal(lnurl.verify(URI.create("https://10.0.0.1/verify"))));
    }
}
