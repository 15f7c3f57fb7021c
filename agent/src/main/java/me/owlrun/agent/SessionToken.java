package me.owlrun.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.purse.Private;
import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The page's token of this start, in a file beside the configuration that only the owner can read:
/// how the commands find and may steer the running agent.
///
/// @param port of the page
/// @param token the secret
record SessionToken(int port, String token) {
    private static final int BYTES = 24;
    private static final String NAME = "dashboard.json";

    /// A new one.
    static String make(RandomGenerator random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /// Leaves it for the commands.
    static void keep(Path config, int port, String token) {
        ObjectNode json = Json.object().put("port", port).put("token", token);
        try {
            Private.write(config.resolveSibling(NAME), Json.write(json));
        } catch (IOException failed) {
            throw new AgentException(
                    config.resolveSibling(NAME) + " cannot be written; check its folder.", failed);
        }
    }

    /// What the running agent left, if it did.
    static Optional<SessionToken> find(Path config) {
        try {
            return Json.readObject(Files.readString(config.resolveSibling(NAME)))
                    .map(json ->
                            new SessionToken(
                                    json.path("port").asInt(), json.path("token").asText()));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "SessionToken[" + port + "]";
    }
}
