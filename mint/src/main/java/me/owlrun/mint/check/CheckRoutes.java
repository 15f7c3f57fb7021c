package me.owlrun.mint.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.Point;
import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Limits;
import me.owlrun.mint.ledger.ProofState;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `POST /v1/checkstate` (NUT-07): the state of each Y, in the order asked.
public final class CheckRoutes implements HttpService {

    private static final String FIELD = "Ys";

    private final LedgerStore ledger;

    /// @param ledger what is asked
    public CheckRoutes(LedgerStore ledger) {
        this.ledger = ledger;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/checkstate", ApiHandler.post(this::check));
    }

    private Outcome<ObjectNode> check(ObjectNode request) {
        JsonNode list = request.get(FIELD);
        if (list != null && list.size() > Limits.INPUTS_MAX) {
            return Outcome.refused(ErrorCode.TOO_MANY_INPUTS);
        }
        List<Point> ys = CashuJson.list(request, FIELD, Limits.INPUTS_MAX, CheckRoutes::point);
        Map<Point, ProofState> known = ledger.proofStates(ys);
        ObjectNode answer = Json.object();
        answer.set(
                "states", CashuJson.toJson(ys, y -> state(y, Optional.ofNullable(known.get(y)))));
        return new Outcome.Done<>(answer);
    }

    private static Point point(JsonNode node) {
        if (!node.isTextual()) {
            throw new CashuFormatException("'" + FIELD + "' must hold texts");
        }
        return Point.fromHex(node.textValue());
    }

    /// The form of a state. The witness is always there, null if need be: wallets insist on it.
    public static ObjectNode state(Point y, Optional<ProofState> known) {
        ObjectNode node = Json.object();
        node.put("Y", y.toHex());
        node.put("state", known.map(k -> k.spent() ? "SPENT" : "PENDING").orElse("UNSPENT"));
        known.filter(ProofState::spent)
                .flatMap(ProofState::witness)
                .ifPresentOrElse(
                        witness -> node.put("witness", witness), () -> node.putNull("witness"));
        return node;
    }
}
