package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Settings;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// `admin ...` on the command line: one call of the admin interface of a gateway that runs, found
/// by the same settings. Prints the answer.
final class AdminCommand {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int FAILED = 1;

    private static final String USAGE =
            """
            admin status                          how it is
            admin metrics                         the figures
            admin audit                           audits now
            admin explain ID                      makes a bill again
            admin nodes                           who is here
            admin maintenance PROVIDER NODE on|off [REASON]
            admin stuck                           money that takes long
            admin retry ID                        has it looked at now
            admin pause|resume WHAT [REASON]      jobs, payouts or registrations
            admin prices                          the price list
            admin reload-prices                   reads prices.file again
            admin fixes                           prices of the last days, all versions
            admin correct-fix DAY USD REASON      puts a wrong one right: a new version
            admin broadcasts                      what is announced
            admin broadcast TITLE MESSAGE [info|warning|critical] [MINUTES]
            admin end-broadcast ID
            admin reseal                          seals tokens of cloud nodes under the newest key
            admin account ID|KEY                  looks an account up
            admin pause-account|resume-account ID [REASON]
            admin bounties                        extra pay for models
            admin bounty MODEL PERMILLE SATS [REASON]   from now on, at most so much a day
            admin fund-bounties ID SATS [CREDIT_SATS]   once per ID, from what was earned
            admin forfeit PROVIDER NODE [REASON]  a node's bounties that wait go back
            """;

    /// One call.
    ///
    /// @param body of a POST; a GET has none
    private record Call(String path, Optional<ObjectNode> body) {}

    private AdminCommand() {}

    /// Does it; the exit status.
    ///
    /// @param out where the answer goes
    static int run(List<String> words, Settings settings, Consumer<String> out) {
        Optional<Call> call = words.isEmpty() ? Optional.empty() : call(words);
        if (call.isEmpty()) {
            out.accept(USAGE);
            return words.isEmpty() ? 0 : FAILED;
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(request(call.get(), settings), HttpResponse.BodyHandlers.ofString());
            out.accept(pretty(response.body()));
            return response.statusCode() == OK ? 0 : FAILED;
        } catch (IOException e) {
            System.err.println("The gateway does not answer on admin.host and admin.port.");
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static String pretty(String body) {
        try {
            return Json.parse(body).toPrettyString();
        } catch (InvalidJsonException e) {
            return body; // figures are no JSON
        }
    }

    private static Optional<Call> call(List<String> words) {
        String first = word(words, 1);
        return Optional.ofNullable(
                switch (words.getFirst()) {
                    case "status",
                            "metrics",
                            "nodes",
                            "stuck",
                            "prices",
                            "fixes",
                            "broadcasts",
                            "bounties" ->
                            get("/" + words.getFirst());
                    case "explain" -> get("/explain/" + encoded(first));
                    case "account" -> get("/accounts/" + encoded(first));
                    case "audit" -> post("/audit", Json.object());
                    case "reseal" -> post("/cloud/reseal", Json.object());
                    case "reload-prices" -> post("/prices/reload", Json.object());
                    case "retry" -> post("/stuck/retry", Json.object().put("id", first));
                    case "end-broadcast" -> post("/broadcasts/end", Json.object().put("id", first));
                    case "pause", "resume" -> post("/" + words.getFirst(), stop(words));
                    case "correct-fix" -> post("/fixes/correct", correction(words));
                    case "pause-account" -> post("/accounts/pause", named(words));
                    case "resume-account" -> post("/accounts/resume", named(words));
                    case "maintenance" -> post("/nodes/maintenance", maintenance(words));
                    case "bounty" -> post("/bounties/set", bounty(words));
                    case "fund-bounties" -> post("/bounties/fund", fund(words));
                    case "forfeit" -> post("/bounties/forfeit", forfeit(words));
                    case "broadcast" -> post("/broadcasts/add", broadcast(words));
                    default -> null;
                });
    }

    private static Call get(String path) {
        return new Call(path, Optional.empty());
    }

    private static Call post(String path, ObjectNode body) {
        return new Call(path, Optional.of(body));
    }

    private static ObjectNode stop(List<String> words) {
        ObjectNode body = Json.object().put("reason", word(words, 2));
        body.putArray("what").add(word(words, 1));
        return body;
    }

    private static ObjectNode named(List<String> words) {
        return Json.object().put("id", word(words, 1)).put("reason", word(words, 2));
    }

    private static ObjectNode correction(List<String> words) {
        ObjectNode body = Json.object();
        body.put("day", word(words, 1)).put("usd", word(words, 2));
        return body.put("reason", word(words, 3));
    }

    private static ObjectNode maintenance(List<String> words) {
        ObjectNode body = Json.object();
        if (word(words, 1).matches("[0-9]{1,18}")) {
            body.put("provider", Long.parseLong(word(words, 1)));
        }
        body.put("node", word(words, 2));
        body.put("on", word(words, 3).equals("on"));
        return body.put("reason", word(words, 4));
    }

    private static ObjectNode bounty(List<String> words) {
        ObjectNode body = Json.object().put("model", word(words, 1));
        number(body, "permille", word(words, 2));
        number(body, "daily_budget_sats", word(words, 3));
        return body.put("reason", word(words, 4));
    }

    private static ObjectNode fund(List<String> words) {
        ObjectNode body = Json.object().put("id", word(words, 1));
        number(body, "sats", word(words, 2));
        number(body, "credit_sats", word(words, 3));
        return body;
    }

    private static ObjectNode forfeit(List<String> words) {
        ObjectNode body = Json.object();
        number(body, "provider", word(words, 1));
        return body.put("node", word(words, 2)).put("reason", word(words, 3));
    }

    /// A number as such; anything else as it is, for the gateway to refuse.
    private static void number(ObjectNode body, String field, String word) {
        if (word.matches("[0-9]{1,18}")) {
            body.put(field, Long.parseLong(word));
        } else if (!word.isEmpty()) {
            body.put(field, word);
        }
    }

    private static ObjectNode broadcast(List<String> words) {
        ObjectNode body = Json.object();
        body.put("title", word(words, 1)).put("message", word(words, 2));
        if (!word(words, 3).isEmpty()) {
            body.put("severity", word(words, 3));
        }
        return body.put("minutes", word(words, 4));
    }

    private static String word(List<String> words, int index) {
        return index < words.size() ? words.get(index) : "";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static HttpRequest request(Call call, Settings settings) {
        URI uri =
                URI.create(
                        "http://"
                                + settings.get(OperateSettings.ADMIN_HOST)
                                + ":"
                                + settings.get(OperateSettings.ADMIN_PORT)
                                + call.path());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .timeout(ANSWER_MAX)
                        .header("Authorization", "Bearer " + token(settings));
        call.body()
                .ifPresent(body ->
                        request.POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body))));
        return request.build();
    }

    private static String token(Settings settings) {
        Path file =
                settings.get(OperateSettings.ADMIN_TOKEN_FILE)
                        .orElseThrow(() ->
                                new ConfigException(
                                        List.of("Name the token's file: --admin.token.file.")));
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new ConfigException(
                    List.of("The file '%s' of admin.token.file cannot be read.".formatted(file)));
        }
    }
}
