package me.owlrun.mint.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.outcome.Outcome.Done;

import java.time.InstantSource;

/// `GET /v1/liabilities`: what the mint owes per keyset, and the head of the chain over all it ever
/// did, so that anybody can hold it to both later.
public final class LiabilityRoutes implements HttpService {

    private final LiabilityStore store;
    private final InstantSource clock;

    /// @param store what is asked
    public LiabilityRoutes(LiabilityStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/v1/liabilities", ApiHandler.get(request -> new Done<>(json(store.read()))));
    }

    private ObjectNode json(Liabilities liabilities) {
        ObjectNode json = Json.object().put("time", clock.instant().getEpochSecond());
        ObjectNode seal = json.putObject("seal");
        seal.put("n", liabilities.seals());
        seal.put("hash", liabilities.headHex());
        liabilities
                .sealedAt()
                .ifPresentOrElse(
                        at -> seal.put("time", at.getEpochSecond()), () -> seal.putNull("time"));
        ArrayNode keysets = json.putArray("keysets");
        for (Liabilities.OfKeyset keyset : liabilities.keysets()) {
            ObjectNode node = keysets.addObject();
            node.put("id", keyset.id());
            node.put("unit", keyset.unit().text());
            node.put("issued", keyset.issued());
            node.put("redeemed", keyset.redeemed());
            node.put("pending", keyset.pending());
            node.put("outstanding", keyset.outstanding());
            node.put("fees", keyset.fees());
        }
        return json;
    }
}
