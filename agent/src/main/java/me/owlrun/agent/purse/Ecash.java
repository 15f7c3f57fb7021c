package me.owlrun.agent.purse;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.job.Msat;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.lang.System.Logger;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Earnings taken out as ecash. A claim is written down with its key before the gateway is asked,
/// so that one whose answer was lost is asked again under the same key and never twice; the token
/// is on disk before anybody sees it. Nothing is ever claimed without the owner's hand.
public final class Ecash {
    private static final Logger LOG = System.getLogger(Ecash.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CLAIM = ".claim";
    private static final String TOKEN = ".token";
    private static final String SPENT = ".spent";
    private static final int KEY_BYTES = 16;
    private static final long MSATS_PER_SAT = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Path folder;
    private final HttpClient client;
    private final Gateway gateway;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// @param folder where claims and tokens lie; made if need be
    /// @param random makes the claims' keys
    /// @throws AgentException if the folder cannot be made
    public Ecash(
            Path folder,
            HttpClient client,
            Gateway gateway,
            InstantSource clock,
            RandomGenerator random) {
        this.folder = folder;
        this.client = client;
        this.gateway = gateway;
        this.clock = clock;
        this.random = random;
        try {
            Private.folder(folder);
        } catch (IOException failed) {
            throw new AgentException(folder + " cannot be made; check its permissions.", failed);
        }
    }

    /// A token on disk.
    ///
    /// @param id its name here
    /// @param created when it was claimed
    /// @param amount what it is worth
    /// @param token the money itself: never logged
    /// @param spent whether the owner says he has used it
    public record Token(String id, String created, Msat amount, String token, boolean spent) {
        @Override
        public String toString() {
            return "Token[" + id + "]";
        }
    }

    /// Takes out so many sats, or everything.
    ///
    /// @param sats 0 for all
    /// @return the token, which is on disk already
    /// @throws AgentException if the gateway refuses, or its answer is not known yet; in the latter
    ///   case the claim stays and is asked again
    public Token claim(long sats) throws InterruptedException {
        lock.lock();
        try {
            Optional<Path> open = claims().stream().findFirst();
            if (open.isPresent()) {
                return ask(open.get());
            }
            byte[] key = new byte[KEY_BYTES];
            random.nextBytes(key);
            Path claim = folder.resolve(HexFormat.of().formatHex(key) + CLAIM);
            Private.write(claim, Json.write(Json.object().put("amount_sats", sats)));
            return ask(claim);
        } catch (IOException failed) {
            throw new AgentException(
                    "The claim could not be written down; is the disk full?", failed);
        } finally {
            lock.unlock();
        }
    }

    /// Asks again for claims whose answers were lost.
    ///
    /// @return whether none is left
    public boolean recover() throws InterruptedException {
        lock.lock();
        try {
            for (Path claim : claims()) {
                Token _ = ask(claim);
            }
            return true;
        } catch (IOException | AgentException stillOpen) {
            LOG.log(Logger.Level.INFO, "A claim is still open: {0}", stillOpen.getMessage());
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Every token, the newest first.
    public List<Token> tokens() {
        List<Token> tokens = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(TOKEN) || name.endsWith(SPENT)) {
                    Json.readObject(Files.readString(file))
                            .map(json -> read(name, json))
                            .ifPresent(tokens::add);
                }
            }
        } catch (IOException unreadable) {
            LOG.log(Logger.Level.WARNING, "{0} cannot be read.", folder);
        }
        tokens.sort(Comparator.comparing(Token::created).reversed());
        return tokens;
    }

    /// The owner has put a token into his wallet.
    ///
    /// @throws AgentException if there is no such token
    public void markSpent(String id) {
        if (!id.matches("[0-9a-f]{32}")) {
            throw new AgentException("There is no such token.");
        }
        try {
            Private.move(folder.resolve(id + TOKEN), folder.resolve(id + SPENT));
        } catch (IOException absent) {
            throw new AgentException("There is no such unspent token.", absent);
        }
    }

    private List<Path> claims() throws IOException {
        List<Path> open = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + CLAIM)) {
            files.forEach(open::add);
        }
        return open;
    }

    private Token ask(Path claim) throws IOException, InterruptedException {
        String id = claim.getFileName().toString().replace(CLAIM, "");
        long sats =
                Json.readObject(Files.readString(claim))
                        .map(json -> json.path("amount_sats").asLong(0))
                        .orElse(0L);
        HttpResponse<String> response;
        try {
            response =
                    client.send(
                            gateway.withdrawEcash(sats, id, LIMIT),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException lost) {
            throw new AgentException(
                    "The gateway does not answer; the claim stays and is asked again.", lost);
        }
        int status = response.statusCode();
        Optional<ObjectNode> body = Json.readObject(response.body());
        if (status == 200 && body.filter(json -> json.path("token").isTextual()).isPresent()) {
            return keep(id, claim, body.get());
        }
        if (isFinal(status)) {
            Files.delete(claim);
            String why = body.map(json -> json.at("/error/message").asText("")).orElse("");
            throw new AgentException("The gateway refused: " + why);
        }
        throw new AgentException("The gateway is busy; the claim stays and is asked again.");
    }

    /// Whether the gateway has surely paid nothing under this key and never will.
    private static boolean isFinal(int status) {
        return status == 400 || status == 402 || status == 403 || status == 404 || status == 422;
    }

    private Token keep(String id, Path claim, ObjectNode answer) throws IOException {
        ObjectNode json = Json.object().put("created", clock.instant().toString());
        json.put("amount_msats", msats(answer)).put("token", answer.path("token").asText());
        Private.write(folder.resolve(id + TOKEN), Json.write(json));
        Files.delete(claim);
        return read(id + TOKEN, json);
    }

    private static long msats(ObjectNode answer) {
        return answer.path("amount_msats").isIntegralNumber()
                ? answer.path("amount_msats").asLong()
                : Math.multiplyExact(answer.path("amount_sats").asLong(), MSATS_PER_SAT);
    }

    private static Token read(String name, ObjectNode json) {
        return new Token(
                name.substring(0, name.indexOf('.')),
                json.path("created").asText(),
                new Msat(Math.max(0, json.path("amount_msats").asLong())),
                json.path("token").asText(),
                name.endsWith(SPENT));
    }
}
