package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/// `GET /openapi.json`: what this gateway answers, for machines. A test holds it against reality.
public final class OpenApiRoutes implements HttpService {

    private static final String DOCUMENT = "openapi.json";

    private final ObjectNode document = document();

    /// The document as it lies in this build.
    static ObjectNode document() {
        try (InputStream json = OpenApiRoutes.class.getResourceAsStream(DOCUMENT)) {
            return Json.parseObject(Objects.requireNonNull(json, DOCUMENT).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the API document of this build cannot be read", e);
        }
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(
                rules,
                "/openapi.json",
                (request, response) -> Answers.send(response, Status.OK_200.code(), document));
    }
}
