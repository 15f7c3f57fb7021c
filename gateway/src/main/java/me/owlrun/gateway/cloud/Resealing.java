package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.json.Json;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Brings tokens under the newest key, so that older ones can be taken out of the file.
///
/// @param random makes nonces
record Resealing(CloudStore store, KeyFile keyFile, SecureRandom random) {

    /// The name of what an audit asks.
    static final String INVARIANT = "cloud_tokens_open";

    private static final System.Logger LOG = System.getLogger(Resealing.class.getName());

    /// Does it. A node that changes meanwhile is left as it is; the count of what remains shows it.
    ObjectNode run() {
        TokenKeys keys = keyFile.keys();
        long done = 0;
        for (StoredNode stored : store.notUnder(keys.newestId())) {
            CloudNode node = stored.node();
            Optional<Secret> token = keys.open(node.place(), stored.token());
            boolean resealed =
                    token.isPresent()
                            && store.reseal(node, keys.seal(node.place(), token.get(), random));
            done += resealed ? 1 : 0;
        }
        LOG.log(System.Logger.Level.INFO, "{0} tokens of cloud nodes were sealed anew", done);
        ObjectNode answer = Json.object();
        answer.put("newest_key", keys.newestId());
        answer.put("resealed", done);
        long under = 0;
        long remaining = 0;
        ObjectNode old = Json.object();
        for (var each : store.byKey().entrySet()) {
            if (each.getKey().equals(keys.newestId())) {
                under = each.getValue();
            } else {
                remaining += each.getValue();
                old.put(each.getKey(), each.getValue());
            }
        }
        answer.put("under_newest_key", under);
        answer.put("remaining", remaining);
        answer.set("remaining_by_key", old);
        return answer;
    }

    /// Tokens that do not open.
    static List<Finding> findings(CloudStore store, TokenKeys keys) {
        List<Finding> findings = new ArrayList<>();
        for (StoredNode stored : store.all()) {
            String who = "the token of cloud node " + stored.node().identity().nodeId();
            if (!keys.ids().contains(stored.token().keyId())) {
                findings.add(
                        new Finding(
                                INVARIANT,
                                who
                                        + " is sealed under key "
                                        + stored.token().keyId()
                                        + ", which cloud.key_file does not have"));
            } else if (keys.open(stored.node().place(), stored.token()).isEmpty()) {
                findings.add(
                        new Finding(INVARIANT, who + " was sealed for another node or address"));
            }
        }
        return findings;
    }
}
