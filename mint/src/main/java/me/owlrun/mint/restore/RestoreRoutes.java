package me.owlrun.mint.restore;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.Point;
import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.TransferReader;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;

import java.util.List;
import java.util.Map;

/// `POST /v1/restore` (NUT-09): of the outputs sent, those that were signed, and their signatures,
/// two lists of equal length.
public final class RestoreRoutes implements HttpService {

    private final LedgerStore ledger;
    private final Signer signer;

    /// @param ledger where signatures are kept
    /// @param signer proves them again
    public RestoreRoutes(LedgerStore ledger, Signer signer) {
        this.ledger = ledger;
        this.signer = signer;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/restore", ApiHandler.post(this::restore));
    }

    private Outcome<ObjectNode> restore(ObjectNode request) {
        return TransferReader.outputs(request).then(outputs -> new Done<>(restore(outputs)));
    }

    private ObjectNode restore(List<BlindedMessage> outputs) {
        Map<Point, SignedMessage> known =
                ledger.promises(outputs.stream().map(BlindedMessage::b).toList());
        List<SignedMessage> found =
                outputs.stream()
                        .map(BlindedMessage::b)
                        .distinct()
                        .filter(known::containsKey)
                        .map(known::get)
                        .toList();
        List<BlindSignature> signatures = signer.proveAgain(found);
        ObjectNode answer = Json.object();
        answer.set(
                "outputs",
                CashuJson.toJson(
                        found,
                        s ->
                                CashuJson.toJson(
                                        new BlindedMessage(s.amount(), s.keysetId(), s.b()))));
        answer.set("signatures", CashuJson.toJson(signatures, CashuJson::toJson));
        return answer;
    }
}
