package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/// Asks the mint what tokens are worth: the only judge of money in the whole-system tests.
final class Purse {

    private Purse() {}

    static Token decode(String token) {
        return switch (TokenCodec.decode(token)) {
            case TokenCodec.Valid valid -> valid.token();
            case TokenCodec.Malformed malformed -> throw new AssertionError(malformed.reason());
        };
    }

    static Msat worth(String token) {
        Token decoded = decode(token);
        return CurrencyUnit.ofText(decoded.unit()).orElseThrow().toMsat(decoded.amount());
    }

    /// Whether the mint still takes every coin of a token.
    static boolean isUnspent(RunningSystem system, String token) throws Exception {
        ObjectNode request = Json.object();
        request.set(
                "Ys",
                CashuJson.toJson(
                        decode(token).proofs(),
                        proof -> Json.object().textNode(proof.y().toHex())));
        String body =
                system.post(system.mintUrl() + "/v1/checkstate", Map.of(), Json.text(request))
                        .body();
        for (JsonNode state : Json.parse(body).path("states")) {
            if (!state.path("state").asText().equals("UNSPENT")) {
                return false;
            }
        }
        return true;
    }

    /// Redeems tokens for real: the mint swaps their coins for new ones, so what is returned is
    /// money.
    static Msat redeem(String mintUrl, List<String> tokens) throws Exception {
        Msat total = Msat.ZERO;
        for (String token : tokens) {
            if (!token.isEmpty()) {
                swap(mintUrl, decode(token));
                total = total.plus(worth(token));
            }
        }
        return total;
    }

    /// Tokens may name a keyset by its short form, which only wallets understand.
    private static Proof inFull(Proof proof, Keyset keyset) {
        return proof.keysetId().matches(keyset.id()) ? proof.withKeysetId(keyset.id()) : proof;
    }

    private static void swap(String mintUrl, Token token) throws Exception {
        CurrencyUnit unit = CurrencyUnit.ofText(token.unit()).orElseThrow();
        SecureRandom random = new SecureRandom();
        ObjectNode request = Json.object();
        try (Local local = new Local()) {
            Keyset keyset = new PlayToken(local, mintUrl).activeKeyset(unit);
            request.set(
                    "inputs",
                    CashuJson.toJson(
                            token.proofs(),
                            proof -> CashuJson.toJson(inFull(proof, keyset).withoutDleq())));
            request.set(
                    "outputs",
                    CashuJson.toJson(
                            Amounts.split(token.amount()),
                            part ->
                                    CashuJson.toJson(
                                            OutputData.random(part, keyset.id(), random)
                                                    .blindedMessage())));
        }
        JsonNode response;
        try (Local local = new Local()) {
            response =
                    local.post(mintUrl + "/v1/swap", request)
                            .orElseThrow(() -> new AssertionError("the mint refuses the token"));
        }
        long signed = 0;
        for (JsonNode signature : response.path("signatures")) {
            signed += signature.path("amount").asLong();
        }
        assertEquals(token.amount(), signed);
    }
}
