package me.owlrun.agent.dashboard;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.regex.Pattern;

/// The owner's session: a token made at each start, in a file that only he can read and, once
/// `owlrun dashboard` has opened the page, in a cookie that no other site can use.
///
/// @param token the secret
record Session(String token) {
    static final String HOW_TO_OPEN = "open the page with: owlrun dashboard";

    private static final Pattern SEMICOLON = Pattern.compile(";");
    private static final String COOKIE = "owlrun_session=";

    /// Whether a request shows the token.
    boolean holds(Headers headers) {
        return headers.all(HeaderNames.COOKIE, List::of).stream()
                .flatMap(line -> SEMICOLON.splitAsStream(line))
                .map(String::strip)
                .filter(cookie -> cookie.startsWith(COOKIE))
                .anyMatch(cookie -> isToken(cookie.substring(COOKIE.length())));
    }

    /// `GET /session?token=`: puts the token into a cookie and goes to the page.
    void open(ServerRequest request, ServerResponse response) {
        if (isToken(request.query().first("token").orElse(""))) {
            response.header("Set-Cookie", COOKIE + token + "; Path=/; HttpOnly; SameSite=Strict");
        }
        response.status(Status.SEE_OTHER_303);
        response.header("Location", "/");
        response.send();
    }

    private boolean isToken(String given) {
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Session";
    }
}
