package me.owlrun.agent.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.engine.EngineLimits;
import me.owlrun.agent.engine.FakeOllama;
import me.owlrun.agent.engine.Ollama;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.problem.Problem;
import me.owlrun.agent.problem.ProblemBoard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The care for the models of an Ollama that speaks its documented routes.
final class KeeperTest {
    private static final Wishes WISHES = new Wishes(true, true, 80, 8_192, "", 0, 0, false);

    @TempDir private Path folder;
    private final Semaphore never = new Semaphore(0);
    private final ProblemBoard problems = new ProblemBoard();
    private FakeOllama ollama;
    private Wishes wishes = WISHES;
    private int vramMb = 8_192;
    private Keeper keeper;

    @BeforeEach
    void start() throws Exception {
        ollama = FakeOllama.start();
        keeper =
                new Keeper(
                        new Ollama(ollama.address(), EngineLimits.STANDARD),
                        new OwnEngine("no-such-ollama", ollama.address(), folder.resolve("log")),
                        folder,
                        () -> wishes,
                        () -> vramMb,
                        problems);
    }

    @AfterEach
    void stop() throws Exception {
        keeper.close();
        ollama.close();
    }

    @Test
    void keeper_withoutAModel_pullsTheBestThatFitsAndLoadsIt() throws Exception {
        keeper.work();
        keeper.start();
        await(() -> keeper.models().active().equals("llama3.1:8b"), "the model is active");
        await(() -> ollama.loaded.contains("llama3.1:8b"), "the model is loaded");
        assertEquals(List.of("llama3.1:8b"), ollama.pulled);
        assertTrue(keeper.download().isEmpty());
        keeper.rest();
        await(() -> ollama.loaded.isEmpty(), "memory is given back");
    }

    @Test
    void keeper_withModels_adoptsThemAndPullsNothing() throws Exception {
        ollama.installed.add("llama3.2:3b");
        ollama.installed.add("llama3.3:70b");
        ollama.installed.add("glm:cloud");
        keeper.work();
        keeper.start();
        await(() -> ollama.loaded.contains("llama3.2:3b"), "the model that fits is loaded");
        assertEquals(List.of(), ollama.pulled);
        assertEquals(List.of("llama3.2:3b"), List.copyOf(ollama.loaded));
        await(() -> has("context_small"), "the smaller context is a problem");
        await(() -> keeper.models().active().equals("llama3.2:3b"), "it is the one that is kept");
        assertThrows(AgentException.class, () -> keeper.remove("llama3.2:3b"));
        keeper.remove("llama3.3:70b");
        await(() -> !ollama.installed.contains("llama3.3:70b"), "the other is deleted");
    }

    @Test
    void keeper_afterAFailedPull_saysSoAndTakesAnother() throws Exception {
        ollama.pullError = Optional.of("pull model manifest: file does not exist");
        keeper.start();
        await(() -> has("pull_failed"), "the failure is a problem");
        assertTrue(problems.list().toString().contains("file does not exist"));
        await(() -> keeper.download().isEmpty(), "the download is over");
        ollama.pullError = Optional.empty();
        keeper.pull("qwen2.5:0.5b");
        await(() -> ollama.installed.contains("qwen2.5:0.5b"), "the next works");
        await(() -> !has("pull_failed"), "the problem is gone");
    }

    @Test
    void keeper_withoutRoom_refusesToPull() {
        wishes = new Wishes(true, true, 80, 8_192, "", 100, 10_000_000, false);
        assertThrows(AgentException.class, () -> keeper.pull("qwen2.5:0.5b"));
        keeper.start();
        await(() -> has("disk_low") && has("disk_full"), "both are problems");
    }

    @Test
    void keeper_withoutOllama_saysThatItIsMissing() throws Exception {
        wishes = new Wishes(true, true, 80, 8_192, "", 0, 0, true);
        ollama.close();
        keeper.start();
        await(() -> has("engine_missing"), "the missing program is a problem");
    }

    private boolean has(String code) {
        return problems.list().stream().map(Problem::code).anyMatch(code::equals);
    }

    private void await(BooleanSupplier wanted, String what) {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        try {
            while (!wanted.getAsBoolean()) {
                assertTrue(System.nanoTime() < deadlineNanos, () -> "in vain: " + what);
                boolean _ = never.tryAcquire(20, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
