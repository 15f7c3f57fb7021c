package me.owlrun.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The commands that steer an agent that runs already: they speak to its page with the token it
/// left beside its configuration.
final class Commands {
    /// Their names.
    static final Set<String> NAMES =
            Set.of(
                    "status",
                    "pause",
                    "resume",
                    "drain",
                    "doctor",
                    "logs",
                    "models",
                    "withdraw",
                    "dashboard",
                    "uninstall");

    private static final Duration LIMIT = Duration.ofSeconds(70);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(90);
    private static final int LOOK_MILLIS = 300;

    private final SessionToken session;
    private final Consumer<String> out;

    private Commands(SessionToken session, Consumer<String> out) {
        this.session = session;
        this.out = out;
    }

    /// Runs one.
    ///
    /// @param config the configuration file of the agent that is meant
    /// @param out takes each line it says
    /// @return whether it succeeded
    /// @throws AgentException if the agent does not run or refuses
    static boolean run(String name, List<String> words, Path config, Consumer<String> out)
            throws InterruptedException {
        if (name.equals("uninstall")) {
            out.accept("To uninstall, run the installer with --uninstall:");
            out.accept("  curl -fsSL https://get.owlrun.me/install.sh | bash -s -- --uninstall");
            out.accept(
                    "It keeps your configuration and refuses to delete ecash you have not used.");
            return true;
        }
        if (name.equals("doctor") && !fileIsGood(config, out)) {
            return false;
        }
        SessionToken session =
                SessionToken.find(config)
                        .orElseThrow(() -> new AgentException("owlrun does not run here."));
        return new Commands(session, out).run(name, words);
    }

    private boolean run(String name, List<String> words) throws InterruptedException {
        Optional<String> word = words.stream().findFirst();
        switch (name) {
            case "status" -> status(get("/api/status"));
            case "pause" -> {
                int minutes = number(word, "minutes");
                post("pause", Json.object().put("minutes", minutes));
                out.accept("Paused" + (minutes > 0 ? " for " + minutes + " minutes." : "."));
            }
            case "resume" -> {
                post("resume", Json.object());
                out.accept("Resumed.");
            }
            case "drain" -> {
                return drain();
            }
            case "doctor" -> {
                return doctor(get("/api/status"));
            }
            case "logs" -> get("/api/log").path("lines").forEach(line -> out.accept(line.asText()));
            case "models" -> models(get("/api/status"));
            case "withdraw" -> withdraw(number(word, "sats"));
            default -> out.accept(link());
        }
        return true;
    }

    private static boolean fileIsGood(Path config, Consumer<String> out) {
        if (Files.notExists(config)) {
            out.accept("FAIL  configuration: " + config + " is not there; start owlrun once.");
            return false;
        }
        try {
            Config _ = ConfigReader.read(config, Files.readString(config), Map.of());
            out.accept("ok    configuration: " + config);
            return true;
        } catch (AgentException | IOException bad) {
            out.accept("FAIL  configuration: " + bad.getMessage());
            return false;
        }
    }

    private void status(JsonNode status) {
        out.accept(status.path("state_sentence").asText());
        out.accept("Page:     " + "http://127.0.0.1:" + session.port());
        out.accept("Gateway:  " + connection(status));
        out.accept("Models:   " + status.path("models"));
        out.accept(
                "Jobs:     "
                        + status.at("/jobs/running").asInt()
                        + " running, "
                        + status.at("/jobs/served").asLong()
                        + " served");
        out.accept("Earned:   " + status.at("/earnings/total_sats").asText() + " sats in all");
        out.accept("Waiting:  " + status.at("/gateway/balance_msats").asLong() / 1_000 + " sats");
        for (JsonNode problem : status.path("problems")) {
            out.accept("! " + problem.path("title").asText() + " " + problem.path("fix").asText());
        }
    }

    private static String connection(JsonNode status) {
        boolean connected = status.at("/gateway/connected").asBoolean();
        return status.at("/gateway/url").asText() + (connected ? ", connected" : ", not connected");
    }

    private void models(JsonNode status) {
        for (JsonNode model : status.path("available_models")) {
            String mark = model.path("active").asBoolean() ? "* " : "  ";
            String state = model.path("installed").asBoolean() ? "installed" : "";
            String fits = model.path("fits").asBoolean() ? "" : "too big";
            out.accept("%s%-24s %-10s %s".formatted(mark, model.path("tag").asText(), state, fits));
        }
        if (!status.path("models_managed").asBoolean()) {
            status.path("models").forEach(model -> out.accept("* " + model.asText()));
        }
    }

    private void withdraw(int sats) throws InterruptedException {
        ObjectNode body = Json.object();
        if (sats > 0) {
            body.put("amount_sats", sats);
        }
        JsonNode token = post("claim-ecash", body);
        out.accept(
                token.path("amount_msats").asLong() / 1_000
                        + " sats as ecash, kept on this"
                        + " machine until you say on the page that you have used it:");
        out.accept(token.path("token").asText());
    }

    /// Pauses and waits until what runs has ended.
    private boolean drain() throws InterruptedException {
        post("pause", Json.object());
        Semaphore never = new Semaphore(0);
        long deadlineNanos = System.nanoTime() + DRAIN_LIMIT.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            JsonNode status = get("/api/status");
            if (status.path("state").asText().equals("paused")) {
                out.accept("Drained: no job runs, and none is taken until: owlrun resume");
                return true;
            }
            boolean _ = never.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        out.accept("Jobs still run; no new ones are taken.");
        return false;
    }

    private boolean doctor(JsonNode status) {
        check(true, "agent", "runs, " + status.path("state_sentence").asText());
        check(
                status.at("/gateway/connected").asBoolean() || isResting(status),
                "gateway",
                connection(status));
        check(!status.path("models").isEmpty(), "models", status.path("models").toString());
        check(
                status.at("/wallet/configured").asBoolean(),
                "payouts",
                status.at("/wallet/configured").asBoolean()
                        ? status.path("lightning_address").asText()
                        : status.at("/wallet/warning").asText());
        check(true, "user", "seen by " + status.at("/watch/source").asText("nothing yet"));
        check(true, "gpu", status.at("/gpu/name").asText());
        boolean sound = true;
        for (JsonNode problem : status.path("problems")) {
            boolean warning = problem.path("severity").asText().equals("warning");
            sound &= warning;
            check(
                    warning,
                    problem.path("code").asText(),
                    problem.path("title").asText() + " " + problem.path("fix").asText());
        }
        return sound;
    }

    private static boolean isResting(JsonNode status) {
        return status.path("state").asText().equals("paused");
    }

    private void check(boolean good, String what, String text) {
        out.accept((good ? "ok    " : "FAIL  ") + what + ": " + text);
    }

    private String link() {
        return "http://127.0.0.1:" + session.port() + "/session?token=" + session.token();
    }

    private static int number(Optional<String> word, String what) {
        if (word.isPresent() && !word.get().matches("\\d{1,8}")) {
            throw new AgentException("Give the " + what + " as a whole number.");
        }
        return word.map(Integer::valueOf).orElse(0);
    }

    private JsonNode get(String path) throws InterruptedException {
        return send(request(path).GET());
    }

    @CanIgnoreReturnValue
    private JsonNode post(String action, ObjectNode body) throws InterruptedException {
        return send(
                request("/api/" + action)
                        .POST(HttpRequest.BodyPublishers.ofString(Json.write(body))));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + session.port() + path))
                .timeout(LIMIT)
                .header("Cookie", "owlrun_session=" + session.token());
    }

    private static JsonNode send(HttpRequest.Builder request) throws InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .build()) {
            HttpResponse<String> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            ObjectNode answer =
                    Json.readObject(response.body())
                            .orElseThrow(() -> new AgentException("This is no owlrun."));
            if (response.statusCode() != 200) {
                throw new AgentException(answer.path("error").asText());
            }
            return answer;
        } catch (IOException silent) {
            throw new AgentException("owlrun does not run here.", silent);
        }
    }

    /// The result need not be used: the call itself is the point.
    private @interface CanIgnoreReturnValue {}
}
