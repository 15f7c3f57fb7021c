package me.owlrun.agent.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Where the gateway is and which key opens it: builds the addresses and the authorised requests.
/// The addresses may hold the key, so they are never printed.
///
/// @param base the gateway's address without a slash at the end
/// @param proxyBase the address for fetching and answering jobs; the same unless set otherwise
/// @param key this node's key
public record Gateway(URI base, URI proxyBase, ProviderKey key) {
    private static final String JOBS = "/v1/gateway/jobs/";

    private HttpRequest.Builder authorised(URI address, Duration limit) {
        return HttpRequest.newBuilder(address).timeout(limit).header("Authorization", bearer());
    }

    /// The value of the Authorization header.
    public String bearer() {
        return "Bearer " + key.value();
    }

    /// `POST /v1/gateway/register`.
    ///
    /// @param limit how long the whole exchange may take
    public HttpRequest register(Registration registration, Duration limit) {
        return authorised(URI.create(base + "/v1/gateway/register"), limit)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(registration.text()))
                .build();
    }

    /// `GET /v1/gateway/jobs/{id}/proxy/request`: what the buyer asked.
    ///
    /// @param limit how long the gateway may take to begin its answer
    public HttpRequest jobRequest(String jobId, Duration limit) {
        return authorised(URI.create(proxyBase + JOBS + jobId + "/proxy/request"), limit)
                .GET()
                .build();
    }

    /// `POST /v1/gateway/jobs/{id}/proxy/response`: the answer as a stream of octets.
    ///
    /// @param limit how long answering may take from beginning to end
    public HttpRequest jobResponse(String jobId, HttpRequest.BodyPublisher answer, Duration limit) {
        return authorised(URI.create(proxyBase + JOBS + jobId + "/proxy/response"), limit)
                .header("Content-Type", "application/octet-stream")
                .POST(answer)
                .build();
    }

    /// `POST /v1/provider/withdraw-ecash`: earnings as a token.
    ///
    /// @param sats how many, 0 for all
    /// @param claim the same for each repetition of one claim
    public HttpRequest withdrawEcash(long sats, String claim, Duration limit) {
        ObjectNode body = Json.object();
        if (sats > 0) {
            body.put("amount_sats", sats);
        }
        return authorised(URI.create(base + "/v1/provider/withdraw-ecash"), limit)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", claim)
                .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
                .build();
    }

    /// The control channel's address: `ws` for `http`, `wss` for `https`, the key in the query as
    /// the seed has it.
    public URI socket() {
        String address = "ws" + base.toString().substring("http".length());
        String value = URLEncoder.encode(key.value(), StandardCharsets.UTF_8);
        return URI.create(address + "/v1/gateway/ws?api_key=" + value);
    }

    @Override
    public String toString() {
        return "Gateway[" + base + "]";
    }
}
