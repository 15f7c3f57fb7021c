package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The web site: the files of `web/site` that lie in this build, and the `config.json` that tells
/// the page where gateway and mint are. The page may load nothing from elsewhere and call only its
/// own gateway and the mint.
public final class SiteRoutes implements HttpService {

    private static final String FOLDER = "/web";
    private static final String INDEX = "/index.html";

    /// Names without `..`, hidden files or anything that needs decoding.
    private static final Pattern PATH =
            Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,8}");

    private static final Map<String, String> CONTENT_TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("mjs", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("txt", "text/plain; charset=utf-8"));

    /// Where newer programs ask for chats in forms that are not spoken here.
    private static final Set<String> OTHER_CHATS =
            Set.of("/v1/responses", "/responses", "/v1/messages", "/messages");

    private static final HeaderName NO_SNIFF = HeaderNames.create("X-Content-Type-Options");
    private static final HeaderName REFERRER = HeaderNames.create("Referrer-Policy");
    private static final HeaderName OPENER = HeaderNames.create("Cross-Origin-Opener-Policy");
    private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");

    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final String contentPolicy;
    private final ObjectNode config;

    /// A file with its tag.
    private static final class Page {
        private final byte[] content;
        private final String contentType;
        private final String etag;

        private Page(byte[] content, String contentType) {
            this.content = content;
            this.contentType = contentType;
            this.etag = SiteRoutes.etag(content);
        }
    }

    /// @param mintPublicUrl where browsers reach the mint
    /// @param network `play` or `bitcoin`
    public SiteRoutes(URI mintPublicUrl, String network) {
        contentPolicy =
                """
                default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
                img-src 'self' data: blob:; connect-src 'self' %s; manifest-src 'self'; \
                base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                require-trusted-types-for 'script'; trusted-types 'none'\
                """
                        .formatted(mintPublicUrl);
        config = Json.object();
        config.put("gateway", "");
        config.put("mint", mintPublicUrl.toString());
        config.put("network", network);
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/config.json", this::config);
        rules.get(this::file).head(this::file);
        rules.any(SiteRoutes::notFound);
    }

    private void config(ServerRequest request, ServerResponse response) {
        secure(response);
        Answers.send(response, Status.OK_200.code(), config);
    }

    private void file(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        Optional<Page> page = page(path.equals("/") ? INDEX : path);
        if (page.isEmpty()) {
            notFound(request, response);
            return;
        }
        secure(response);
        response.header(HeaderNames.ETAG, page.get().etag);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        if (request.headers()
                .first(HeaderNames.IF_NONE_MATCH)
                .equals(Optional.of(page.get().etag))) {
            response.status(Status.NOT_MODIFIED_304).send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, page.get().contentType);
        Answers.send(response, page.get().content);
    }

    private static void notFound(ServerRequest request, ServerResponse response) {
        boolean isOtherApi = OTHER_CHATS.contains(request.path().path());
        Answers.send(
                response,
                ApiError.of(
                        ErrorCode.NOT_FOUND,
                        isOtherApi
                                ? "This API is not spoken here; use POST /v1/chat/completions."
                                : "There is nothing at this path; GET /openapi.json lists what"
                                        + " there is."));
    }

    private void secure(ServerResponse response) {
        response.header(POLICY, contentPolicy);
        response.header(NO_SNIFF, "nosniff");
        response.header(REFERRER, "no-referrer");
        response.header(OPENER, "same-origin");
    }

    private Optional<Page> page(String path) {
        if (!PATH.matcher(path).matches()) {
            return Optional.empty();
        }
        Optional<Page> known = Optional.ofNullable(pages.get(path));
        if (known.isPresent()) {
            return known;
        }
        Optional<Page> read = read(path);
        read.ifPresent(page -> pages.put(path, page));
        return read;
    }

    private static Optional<Page> read(String path) {
        Optional<String> contentType =
                Optional.ofNullable(CONTENT_TYPES.get(path.substring(path.lastIndexOf('.') + 1)));
        if (contentType.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream file = SiteRoutes.class.getResourceAsStream(FOLDER + path)) {
            if (file == null) {
                return Optional.empty();
            }
            byte[] content = file.readAllBytes();
            return Optional.of(new Page(content, contentType.get()));
        } catch (IOException e) {
            throw new UncheckedIOException("a file of the web site cannot be read: " + path, e);
        }
    }

    private static String etag(byte[] content) {
        return '"' + HexFormat.of().formatHex(Sha256.of(content), 0, 16) + '"';
    }
}
