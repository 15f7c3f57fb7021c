package me.owlrun.gateway.free;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.gateway.economy.EconomySection;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.node.Karma;
import me.owlrun.gateway.pay.PaymentMethod;
import me.owlrun.json.Json;
import me.owlrun.metrics.Figure;
import me.owlrun.metrics.Figure.Sample;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// What nodes give away and what they get for it, put together.
public final class FreeTier {

    private static final String PREFIX = "owlrun_gateway_";

    private final boolean enabled;
    private final FreeRules rules;
    private final KarmaRules karmaRules;
    private final KarmaBook karma;
    private final FreeDesk desk;
    private final FreeMethod method;
    private final List<EconomySection.Figure> numbers;

    /// @param settings with those of [FreeSettings]
    /// @param pool where nodes are; it is told to give work away
    /// @param stop ends background work
    public FreeTier(
            Settings settings,
            Database database,
            NodePool pool,
            InstantSource clock,
            StopSignal stop) {
        this.numbers = EconomySection.numbers(settings, FreeSettings.TABLE);
        this.enabled = settings.get(FreeSettings.ENABLED);
        this.rules = FreeRules.of(settings);
        this.karmaRules = FreeSettings.karma(settings);
        FreeStore store = new FreeStore(database);
        this.karma =
                new KarmaBook(
                        store, karmaRules, settings.get(FreeSettings.KARMA_EVERY), clock, stop);
        this.desk =
                new FreeDesk(
                        store, new Requesters(karmaRules.requesterTokens()), rules.atOnce(), clock);
        this.method = new FreeMethod(rules, pool, desk, clock);
        pool.give(new Shares(rules.window(), clock));
    }

    /// The last way of paying; none where nothing is given away.
    public List<PaymentMethod> methods() {
        return enabled ? List.of(method) : List.of();
    }

    /// What providers gave.
    public Karma karma() {
        return karma;
    }

    /// Adds karma up until the gateway stops.
    public Runnable work() {
        return karma;
    }

    /// The rules, as `GET /v1/economy` tells them.
    public EconomySection section() {
        return new EconomySection(
                "free",
                Map.of(
                        "free_job",
                        "who does not pay is served where a node gives some of its time away,"
                                + " while no buyer needs the place",
                        "karma",
                        "tokens of free answers of the last karma.days days, as far as they"
                                + " count for their requester and day",
                        "karma_factor",
                        "the weight of the highest tier that a provider's karma reaches"),
                numbers,
                economy());
    }

    private ObjectNode economy() {
        ObjectNode json = Json.object();
        json.putObject("free_tier")
                .put("enabled", enabled)
                .put("requests_per_minute", rules.perMinute())
                .put("tokens", rules.tokens())
                .put("prompt_tokens", rules.promptTokens())
                .put("at_once", rules.atOnce())
                .put("window_seconds", rules.window().toSeconds());
        ObjectNode karmaJson = json.putObject("karma");
        karmaJson
                .put("days", karmaRules.days())
                .put("requester_tokens_per_day", karmaRules.requesterTokens())
                .put("provider_tokens_per_day", karmaRules.dayTokens())
                .put("providers", karma.providers());
        ArrayNode tiers = karmaJson.putArray("tiers");
        for (KarmaRules.Tier tier : karmaRules.tiers()) {
            tiers.addObject()
                    .put("tier", tier.name())
                    .put("from_tokens", tier.from())
                    .put("weight_percent", tier.weightPercent());
        }
        return json;
    }

    /// What was given since the gateway's start.
    public List<Figure> figures() {
        FreeDesk.Counts counts = desk.counts();
        return List.of(
                Figure.gauge(
                        PREFIX + "free_jobs_running", "Free answers under way.", counts.running()),
                new Figure(
                        PREFIX + "free_requests_total",
                        "Requests that nobody paid for.",
                        "counter",
                        List.of(
                                Sample.of(Map.of("result", "served"), counts.served()),
                                Sample.of(Map.of("result", "failed"), counts.failed()),
                                Sample.of(Map.of("result", "refused"), counts.refused()))),
                new Figure(
                        PREFIX + "free_tokens_total",
                        "Tokens of answers that were given away.",
                        "counter",
                        List.of(Sample.of(Map.of(), counts.tokens()))));
    }
}
