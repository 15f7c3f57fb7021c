package me.owlrun.mint.swap;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuJson;
import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.ledger.TransferReader;
import me.owlrun.mint.outcome.Outcome;

import java.util.List;

/// `POST /v1/swap` (NUT-03).
public final class SwapRoutes implements HttpService {

    private final Swap swap;

    /// @param swap the use case
    public SwapRoutes(Swap swap) {
        this.swap = swap;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/swap", ApiHandler.post(this::swap));
    }

    private Outcome<ObjectNode> swap(ObjectNode request) {
        return TransferReader.inputs(request)
                .then(inputs ->
                        TransferReader.outputs(request).then(outputs -> swap.swap(inputs, outputs)))
                .map(SwapRoutes::json);
    }

    private static ObjectNode json(List<BlindSignature> signatures) {
        ObjectNode node = Json.object();
        node.set("signatures", CashuJson.toJson(signatures, CashuJson::toJson));
        return node;
    }
}
