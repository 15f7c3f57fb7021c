package me.owlrun.mint.condition;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What a spender shows to open a lock: a text with a JSON object in the proof.
///
/// @param preimageHex the preimage, unchecked
/// @param signatures what could be signatures, unchecked
record Witness(Optional<String> preimageHex, List<byte[]> signatures) {

    private static final Witness NONE = new Witness(Optional.empty(), List.of());

    /// Reads a witness; a missing one shows nothing.
    ///
    /// @return empty when it cannot be read
    static Optional<Witness> read(Optional<String> text) {
        if (text.isEmpty() || text.get().isBlank()) {
            return Optional.of(NONE);
        }
        try {
            JsonNode node = Json.parseObject(text.get());
            return Optional.of(
                    new Witness(CashuJson.optionalText(node, "preimage"), signatures(node)));
        } catch (InvalidJsonException | CashuFormatException _) {
            return Optional.empty();
        }
    }

    private static List<byte[]> signatures(JsonNode node) {
        JsonNode list = node.path("signatures");
        if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
            throw new CashuFormatException("'signatures' must be a list");
        }
        List<byte[]> signatures = new ArrayList<>();
        for (JsonNode signature : list) {
            try {
                signatures.add(HexFormat.of().parseHex(signature.asText()));
            } catch (IllegalArgumentException _) {
                throw new CashuFormatException("'signatures' must hold hexadecimal texts");
            }
        }
        return signatures;
    }
}
