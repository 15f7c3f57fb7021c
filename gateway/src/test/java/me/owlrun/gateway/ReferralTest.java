package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.referral.Referrals;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Whoever brings a node gets a fifth of the gateway's cut on what it serves, a day later, once.
final class ReferralTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String REFERRER = "owlr_prov_referrer_0123456789";

    private static void register(TestGateway gateway, String key, String node, String code) {
        ObjectNode body = Json.object().put("node_id", node).put("gpu", "x");
        body.put("gpu_vendor", "cpu").put("vram_total_mb", 0).put("vram_free_mb", 0);
        body.put("referral_code", code);
        body.putArray("models");
        HttpResponse<String> response =
                new TestBuyer(gateway)
                        .post(
                                "/v1/gateway/register",
                                Optional.empty(),
                                Json.text(body),
                                "Authorization",
                                "Bearer " + key);
        assertEquals(200, response.statusCode(), response.body());
    }

    @Test
    void referral_ofANodeThatEarned_isPaidOnceFromTheFee() {
        try (TestGateway gateway = TestGateway.start();
                Database database =
                        Database.open(
                                gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            TestBuyer buyer = new TestBuyer(gateway);
            register(gateway, REFERRER, "r1", "");
            String code = summary(buyer).path("referral_code").asText();
            assertTrue(code.startsWith("owlr_ref_"));
            assertEquals(code, summary(buyer).path("referral_code").asText());
            register(gateway, REFERRER, "r2", code);
            String hello = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}";
            try (TestNode node =
                    TestNode.answering(gateway.url(), MODEL, List.of(hello, "[DONE]"))) {
                register(gateway, node.key(), "other", code);
                for (int job = 0; job < 3; job++) {
                    String token = buyer.token(CurrencyUnit.MSAT, 50_000, true);
                    var response = buyer.complete(token, TestBuyer.request(MODEL, true));
                    assertEquals(200, response.statusCode(), response.body());
                }
            }
            long fee =
                    TestSql.number(gateway, "SELECT balance_msat FROM account WHERE kind = 'fee'");
            Referrals later =
                    new Referrals(
                            database,
                            new LedgerStore(Clock.systemUTC()),
                            new SecureRandom(),
                            Clock.offset(Clock.systemUTC(), Duration.ofDays(2)),
                            new StopSignal());
            later.round();
            later.round();
            assertEquals(fee / 5, summary(buyer).path("earned_msats").asLong());
            assertEquals(1, summary(buyer).path("referred_accounts").asLong());
            assertTrue(fee >= 5);
            assertEquals(
                    fee - fee / 5,
                    TestSql.number(gateway, "SELECT balance_msat FROM account WHERE kind = 'fee'"));
            assertEquals(List.of(), gateway.audit());
        }
    }

    private static JsonNode summary(TestBuyer buyer) {
        return Json.parse(buyer.get("/v1/account/referrals", REFERRER).body());
    }
}
