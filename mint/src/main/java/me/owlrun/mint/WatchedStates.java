package me.owlrun.mint;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Point;
import me.owlrun.mint.check.CheckRoutes;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.ProofState;
import me.owlrun.mint.quote.QuoteViews;
import me.owlrun.mint.subscribe.Kind;
import me.owlrun.mint.subscribe.States;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// The states that subscriptions tell, in the form in which the API answers them.
record WatchedStates(QuoteViews quotes, LedgerStore ledger) implements States {

    @Override
    public Map<String, ObjectNode> of(Kind kind, Collection<String> filters) {
        return switch (kind) {
            case MINT_QUOTE -> each(filters, quotes::mintQuote);
            case MELT_QUOTE -> each(filters, quotes::meltQuote);
            case PROOF -> proofs(filters);
        };
    }

    private static Map<String, ObjectNode> each(
            Collection<String> ids, Function<UUID, Optional<ObjectNode>> find) {
        Map<String, ObjectNode> states = new HashMap<>();
        for (String id : ids) {
            find.apply(UUID.fromString(id)).ifPresent(state -> states.put(id, state));
        }
        return states;
    }

    private Map<String, ObjectNode> proofs(Collection<String> ys) {
        List<Point> points = ys.stream().map(Point::fromHex).toList();
        Map<Point, ProofState> known = ledger.proofStates(points);
        Map<String, ObjectNode> states = new HashMap<>();
        for (Point y : points) {
            states.put(y.toHex(), CheckRoutes.state(y, Optional.ofNullable(known.get(y))));
        }
        return states;
    }

    @Override
    public void look(String mintQuoteId) {
        boolean known = quotes.look(UUID.fromString(mintQuoteId));
        assert known;
    }
}
