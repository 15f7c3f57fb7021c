package me.owlrun.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// What the node's installers download, out of a folder that `scripts/release.sh` made. Any web
/// server can do this; here it is for those who run a gateway and nothing else. Whether a file is
/// genuine its signature says, not where it came from.
public final class ReleaseRoutes implements HttpService {

    /// Names without hidden files, `..` or anything that needs decoding.
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,3}");

    private final Path folder;

    /// @param folder the layout's folder
    public ReleaseRoutes(Path folder) {
        this.folder = folder;
    }

    @Override
    public void routing(HttpRules rules) {
        for (String path :
                new String[] {
                    "/install.sh",
                    "/install.ps1",
                    "/channels/{name}",
                    "/releases/{version}/{name}"
                }) {
            rules.get(path, this::file).head(path, this::file);
        }
    }

    private void file(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        Path file = folder.resolve(path.substring(1));
        if (!PATH.matcher(path).matches()
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            response.next();
            return;
        }
        try {
            boolean isText = path.endsWith(".sh") || path.endsWith(".ps1");
            response.header(
                    HeaderNames.CONTENT_TYPE,
                    isText ? "text/plain; charset=utf-8" : "application/octet-stream");
            response.header(HeaderNames.CACHE_CONTROL, "no-cache");
            response.header(HeaderNames.CONTENT_LENGTH, Long.toString(Files.size(file)));
            if (RequestScope.isHead()) {
                response.send();
                return;
            }
            try (OutputStream out = response.outputStream()) {
                Files.copy(file, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " could not be sent", e);
        }
    }
}
