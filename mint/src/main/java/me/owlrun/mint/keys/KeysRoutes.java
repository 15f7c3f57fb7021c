package me.owlrun.mint.keys;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.KeysetId;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.http.ErrorBody;
import me.owlrun.mint.outcome.ErrorCode;

import java.util.Optional;

/// `GET /v1/keys`, `/v1/keys/{id}` and `/v1/keysets` (NUT-01, NUT-02).
public final class KeysRoutes implements HttpService {

    private final Keysets keysets;

    /// @param keysets what is published
    public KeysRoutes(Keysets keysets) {
        this.keysets = keysets;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/v1/keys", (req, res) -> ApiHandler.send(res, keysets.published().keys()))
                .get("/v1/keys/{id}", this::keysOfOne)
                .get(
                        "/v1/keysets",
                        (req, res) -> ApiHandler.send(res, keysets.published().keysets()));
    }

    private void keysOfOne(ServerRequest request, ServerResponse response) {
        Optional<byte[]> keys = find(request.path().pathParameters().get("id"));
        if (keys.isPresent()) {
            ApiHandler.send(response, keys.get());
            return;
        }
        response.status(Status.BAD_REQUEST_400);
        ErrorCode unknown = ErrorCode.KEYSET_UNKNOWN;
        ApiHandler.send(response, ErrorBody.of(unknown, unknown.detail()));
    }

    private Optional<byte[]> find(String id) {
        try {
            return keysets.published().keys(new KeysetId(id));
        } catch (CashuFormatException e) {
            return Optional.empty();
        }
    }
}
