package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/// The web site is served with its types, tags and rules, and nothing beside it.
final class SiteTest {

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void page_isServedWithTypeTagAndRules() throws Exception {
        HttpResponse<String> page = send("GET", "/site-test.html");
        assertEquals(200, page.statusCode());
        assertEquals("text/html; charset=utf-8", header(page, "Content-Type"));
        assertEquals(
                "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
                        + " img-src 'self' data: blob:; connect-src 'self' "
                        + gateway.mintUrl()
                        + "; manifest-src 'self'; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                        + " trusted-types 'none'",
                header(page, "Content-Security-Policy"));
        assertEquals("nosniff", header(page, "X-Content-Type-Options"));
        assertEquals("no-referrer", header(page, "Referrer-Policy"));
        assertEquals("same-origin", header(page, "Cross-Origin-Opener-Policy"));

        HttpResponse<String> again =
                send("GET", "/site-test.html", "If-None-Match", header(page, "ETag"));
        assertEquals(304, again.statusCode());
        assertEquals("", again.body());
        HttpResponse<String> head = send("HEAD", "/site-test.html");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(
                "text/javascript; charset=utf-8",
                header(send("GET", "/js/site-test.js"), "Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing.html",
                "/.hidden.txt",
                "/js/../.hidden.txt",
                "/js/%2e%2e/.hidden.txt",
                "/js",
                "/js/",
                "/site-test.html/",
                "/me/owlrun/gateway/Main.class",
                "/..%2fmodule-info.class"
            })
    void path_besideTheSite_is404InJson(String path) throws Exception {
        HttpResponse<String> response = send("GET", path);
        assertEquals(404, response.statusCode(), path);
        assertEquals("application/json", header(response, "Content-Type"));
    }

    @Test
    void head_ofTheApi_hasNoBody() throws Exception {
        HttpResponse<String> head = send("HEAD", "/v1/models");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
    }
}
