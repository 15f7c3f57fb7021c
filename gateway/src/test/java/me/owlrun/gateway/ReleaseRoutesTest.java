package me.owlrun.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/// A gateway with `release.dir` serves the layout of releases, and nothing beside it.
final class ReleaseRoutesTest {

    private static TestGateway gateway;

    @TempDir private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        Path site = Files.createDirectories(folder.resolve("site"));
        Path version = Files.createDirectories(site.resolve("releases/0.1.0"));
        Files.createDirectories(site.resolve("channels"));
        Files.writeString(site.resolve("install.sh"), "#!/bin/sh\n");
        Files.writeString(site.resolve("channels/stable"), "stable 0.1.0\n");
        Files.writeString(version.resolve("SHA256SUMS"), "sums");
        Files.write(version.resolve("owlrun.tar.xz"), new byte[3_000_000]);
        Files.writeString(version.resolve(".hidden"), "secret");
        Files.writeString(folder.resolve("secret"), "secret");
        Files.createSymbolicLink(version.resolve("link"), folder.resolve("secret"));
        gateway = TestGateway.start("--release.dir=" + site);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<byte[]> send(String method, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    @Test
    void files_ofTheLayout_areServedWhole() throws Exception {
        assertEquals("#!/bin/sh\n", new String(send("GET", "/install.sh").body(), UTF_8));
        assertEquals("stable 0.1.0\n", new String(send("GET", "/channels/stable").body(), UTF_8));
        assertEquals(3_000_000, send("GET", "/releases/0.1.0/owlrun.tar.xz").body().length);
    }

    @Test
    void head_tellsTheLengthOnly() throws Exception {
        HttpResponse<byte[]> head = send("HEAD", "/releases/0.1.0/SHA256SUMS");
        assertEquals(200, head.statusCode());
        assertEquals("4", head.headers().firstValue("Content-Length").orElse(""));
        assertEquals(0, head.body().length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/install.ps1",
                "/releases/0.1.0/.hidden",
                "/releases/0.1.0/link",
                "/releases/0.1.0/none",
                "/releases/%2e%2e/%2e%2e/secret",
                "/releases/0.1.0/..%2f..%2f..%2fsecret",
                "/releases/0.1.0",
                "/secret"
            })
    void anythingElse_isNotThere(String path) throws Exception {
        HttpResponse<byte[]> answer = send("GET", path);
        assertEquals(4, answer.statusCode() / 100, () -> path + " " + answer.statusCode());
        assertFalse(new String(answer.body(), UTF_8).equals("secret"), path);
    }
}
