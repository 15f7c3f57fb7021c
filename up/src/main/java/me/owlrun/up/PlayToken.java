package me.owlrun.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// Mints a token of play money at the local mint: quote, wait for the fake Lightning payment, mint
/// (NUT-04).
final class PlayToken {

    static final long SATS_MAX = 1_000_000;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int POLLS_MAX = 300;

    private final Local local;
    private final String mintUrl;

    PlayToken(Local local, String mintUrl) {
        this.local = local;
        this.mintUrl = mintUrl;
    }

    /// A `cashuA` token worth this many sats.
    ///
    /// @throws UpException when the mint does not answer
    String mint(long sats, CurrencyUnit unit) {
        long amount = unit.floorSteps(Msat.ofSat(sats));
        String quote = paidQuote(amount, unit);
        Keyset keyset = activeKeyset(unit);
        SecureRandom random = new SecureRandom();
        List<OutputData> outputs =
                Amounts.split(amount).stream()
                        .map(part -> OutputData.random(part, keyset.id(), random))
                        .toList();
        ObjectNode request = Json.object();
        request.put("quote", quote);
        request.set(
                "outputs",
                CashuJson.toJson(outputs, output -> CashuJson.toJson(output.blindedMessage())));
        JsonNode response = require(local.post(mintUrl + "/v1/mint/bolt11", request));
        List<BlindSignature> signatures =
                CashuJson.list(response, "signatures", outputs.size(), CashuJson::blindSignature);
        List<Proof> proofs = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            proofs.add(outputs.get(i).unblind(signatures.get(i), keyset).withoutDleq());
        }
        return TokenCodec.encodeA(new Token(mintUrl, unit.text(), Optional.empty(), proofs));
    }

    private String paidQuote(long amount, CurrencyUnit unit) {
        ObjectNode request = Json.object();
        request.put("amount", amount);
        request.put("unit", unit.text());
        JsonNode quote = require(local.post(mintUrl + "/v1/mint/quote/bolt11", request));
        String id = CashuJson.text(quote, "quote");
        for (int poll = 0; poll < POLLS_MAX; poll++) {
            JsonNode now = require(local.get(mintUrl + "/v1/mint/quote/bolt11/" + id));
            if ("PAID".equals(CashuJson.text(now, "state"))) {
                return id;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new UpException("The mint's play-money invoice was not paid in 30 s; see its log.");
    }

    /// The keyset that the mint signs new coins of a unit with.
    Keyset activeKeyset(CurrencyUnit unit) {
        JsonNode keysets = require(local.get(mintUrl + "/v1/keys")).path("keysets");
        for (JsonNode node : keysets) {
            if (unit.text().equals(node.path("unit").asText())) {
                TreeMap<BigInteger, Point> keys = new TreeMap<>();
                node.path("keys")
                        .properties()
                        .forEach(key ->
                                keys.put(
                                        new BigInteger(key.getKey()),
                                        Point.fromHex(key.getValue().asText())));
                return new Keyset(
                        new KeysetId(CashuJson.text(node, "id")),
                        unit.text(),
                        true,
                        0,
                        OptionalLong.empty(),
                        keys);
            }
        }
        throw new UpException("The mint has no active keyset for " + unit.text() + ".");
    }

    private JsonNode require(Optional<JsonNode> answer) {
        return answer.orElseThrow(() ->
                new UpException(
                        "The mint at "
                                + mintUrl
                                + " does not answer; start everything with scripts/up.sh"
                                + " first."));
    }
}
