package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// `GET /.well-known/owlrun.json` and `GET /llms.txt`: how to buy here, for programs and for
/// language models.
public final class ManifestRoutes implements HttpService {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String CACHED = "max-age=300";

    private final ObjectNode json;
    private final byte[] text;

    /// @param version name and number of the program
    /// @param network the money it deals in
    /// @param mint the mint's address in tokens
    /// @param aliases other addresses of it that tokens may carry
    /// @param limits numbers by their names, which say the unit
    public ManifestRoutes(
            String version,
            String network,
            String mint,
            List<String> aliases,
            Map<String, Long> limits) {
        Manifest manifest =
                new Manifest(
                        OpenApiRoutes.document(),
                        new Manifest.Facts(version, network, mint, aliases, limits));
        this.json = manifest.toJson();
        this.text = manifest.text().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(
                rules,
                "/.well-known/owlrun.json",
                (request, response) -> Answers.send(response, Status.OK_200.code(), json));
        Answers.get(
                rules,
                "/llms.txt",
                (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, TEXT);
                    response.header(HeaderNames.CACHE_CONTROL, CACHED);
                    Answers.send(response, text);
                });
    }
}
