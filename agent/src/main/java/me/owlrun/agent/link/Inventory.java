package me.owlrun.agent.link;

import me.owlrun.agent.duty.Duty;
import me.owlrun.agent.engine.Engine;
import me.owlrun.agent.machine.Gpu;
import me.owlrun.agent.machine.GpuReading;
import me.owlrun.agent.problem.Problem;
import me.owlrun.agent.problem.ProblemBoard;
import me.owlrun.agent.wire.Registration;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// What this node has to offer right now: the engine's models and the GPU's figures. Looking again
/// also tells `Duty` what may be served and puts the engine's problems up or down.
public final class Inventory {
    private static final String ENGINE_SILENT = "engine_unreachable";
    private static final String NO_MODELS = "no_models";

    private final Engine engine;
    private final Gpu gpu;
    private volatile String pinnedModel;
    private final Duty duty;
    private final ProblemBoard problems;
    private final AtomicReference<Stock> stock =
            new AtomicReference<>(new Stock(List.of(), GpuReading.NONE, "Not looked yet."));

    /// @param pinnedModel the only model to serve, or empty for all the engine has
    public Inventory(Engine engine, Gpu gpu, String pinnedModel, Duty duty, ProblemBoard problems) {
        this.engine = engine;
        this.gpu = gpu;
        this.pinnedModel = pinnedModel;
        this.duty = duty;
        this.problems = problems;
    }

    /// One look.
    ///
    /// @param models what can be served
    /// @param gpu the GPU's figures
    /// @param whyNoModels why there are none, a sentence; empty if there are
    public record Stock(List<Registration.Model> models, GpuReading gpu, String whyNoModels) {
        Set<String> tags() {
            return models.stream().map(Registration.Model::id).collect(Collectors.toSet());
        }
    }

    /// Serves only this model from the next look on, or all if it is empty.
    public void pin(String model) {
        pinnedModel = model;
    }

    /// The last look.
    public Stock stock() {
        return Objects.requireNonNull(stock.get());
    }

    /// Looks again; takes seconds at most.
    Stock look() throws InterruptedException {
        Stock seen =
                switch (engine.models()) {
                    case Engine.ModelList.Unreachable(String why) -> silent(why);
                    case Engine.ModelList.Served(List<Engine.ServedModel> models) ->
                            offered(models);
                };
        duty.serve(seen.tags());
        stock.set(seen);
        return seen;
    }

    private Stock silent(String why) throws InterruptedException {
        String title = "The engine cannot be used: " + why + ".";
        problems.raise(
                Problem.error(
                        ENGINE_SILENT,
                        title,
                        "Start it, or set [inference] engine and engine_url to one that runs."));
        return new Stock(List.of(), gpu.read(), title);
    }

    private Stock offered(List<Engine.ServedModel> served) throws InterruptedException {
        problems.clear(ENGINE_SILENT);
        List<Registration.Model> models =
                served.stream()
                        .filter(model -> pinnedModel.isEmpty() || model.id().equals(pinnedModel))
                        .map(model -> new Registration.Model(model.id(), model.contextTokens()))
                        .toList();
        if (!models.isEmpty()) {
            problems.clear(NO_MODELS);
            return new Stock(models, gpu.read(), "");
        }
        Problem problem = noModels(served.isEmpty());
        problems.raise(problem);
        return new Stock(models, gpu.read(), problem.title());
    }

    private Problem noModels(boolean engineIsEmpty) {
        return engineIsEmpty
                ? Problem.error(
                        NO_MODELS,
                        "The engine has no model.",
                        "Download one, for example: ollama pull qwen2.5:0.5b")
                : Problem.error(
                        NO_MODELS,
                        "The engine does not have the model " + pinnedModel + ".",
                        "Download it, or clear [inference] model to serve what is there.");
    }
}
