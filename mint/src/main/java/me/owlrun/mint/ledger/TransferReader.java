package me.owlrun.mint.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the inputs and outputs of a request and holds them to the [Limits].
public final class TransferReader {

    private TransferReader() {}

    /// The proofs under `inputs`.
    ///
    /// @throws CashuFormatException when one is malformed
    public static Outcome<List<Proof>> inputs(ObjectNode request) {
        if (size(request, "inputs") > Limits.INPUTS_MAX) {
            return Outcome.refused(ErrorCode.TOO_MANY_INPUTS);
        }
        return new Outcome.Done<>(
                CashuJson.list(request, "inputs", Limits.INPUTS_MAX, TransferReader::input));
    }

    /// The blinded messages under `outputs`.
    ///
    /// @throws CashuFormatException when one is malformed
    public static Outcome<List<BlindedMessage>> outputs(ObjectNode request) {
        if (size(request, "outputs") > Limits.OUTPUTS_MAX) {
            return Outcome.refused(ErrorCode.TOO_MANY_OUTPUTS);
        }
        return new Outcome.Done<>(
                CashuJson.list(request, "outputs", Limits.OUTPUTS_MAX, CashuJson::blindedMessage));
    }

    private static int size(ObjectNode request, String field) {
        JsonNode list = request.get(field);
        return list == null ? 0 : list.size();
    }

    private static Proof input(JsonNode node) {
        Proof proof = CashuJson.proof(withTextWitness(node)).withoutDleq();
        requireBytes("secret", proof.secret(), Limits.SECRET_BYTES_MAX);
        proof.witness().ifPresent(w -> requireBytes("witness", w, Limits.WITNESS_BYTES_MAX));
        return proof;
    }

    /// NUT-11 lets a witness be an object as well as the text of one.
    private static JsonNode withTextWitness(JsonNode node) {
        JsonNode witness = node.path("witness");
        return node instanceof ObjectNode object && witness.isObject()
                ? object.deepCopy().put("witness", Json.text(witness))
                : node;
    }

    private static void requireBytes(String field, String text, int bytesMax) {
        if (utf8Bytes(field, text) > bytesMax) {
            throw new CashuFormatException(
                    "'" + field + "' has more than " + bytesMax + " bytes in UTF-8");
        }
    }

    /// Half a surrogate pair has no UTF-8 form, and two such secrets would be hashed as one.
    private static int utf8Bytes(String field, String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
        } catch (CharacterCodingException e) {
            throw new CashuFormatException("'" + field + "' is not well-formed Unicode");
        }
    }
}
