package me.owlrun.mint.subscribe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Collection;
import java.util.Map;

/// How the things that can be subscribed to stand.
public interface States {

    /// The committed states, in the form of the API, by filter. What is not known is left out.
    Map<String, ObjectNode> of(Kind kind, Collection<String> filters);

    /// Asks Lightning whether an unpaid mint quote was paid meanwhile.
    void look(String mintQuoteId);
}
