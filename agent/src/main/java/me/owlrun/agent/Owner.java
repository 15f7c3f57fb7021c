package me.owlrun.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.dashboard.Controls;
import me.owlrun.agent.model.Keeper;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.purse.Ecash;
import me.owlrun.agent.purse.History;
import me.owlrun.agent.purse.Journal;
import me.owlrun.agent.watch.HandBrake;
import me.owlrun.agent.watch.Watch;
import me.owlrun.agent.wire.Json;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The owner's hand on the parts of the node, as the page and the commands offer it.
record Owner(
        LiveConfig config,
        HandBrake brake,
        Watch watch,
        Optional<Keeper> keeper,
        Journal journal,
        Ecash purse,
        LogRing ring,
        Clock clock)
        implements Controls {
    @Override
    public void set(String section, String key, String value) {
        Setting setting =
                Settings.find(section, key)
                        .orElseThrow(() -> new AgentException("There is no such setting."));
        config.set(setting, value);
    }

    @Override
    public void pause(Optional<Duration> time) {
        brake.pull(time);
        watch.lookNow();
    }

    @Override
    public void resume() {
        brake.release();
        watch.lookNow();
    }

    @Override
    public void pull(String model) {
        models().pull(model);
    }

    @Override
    public void remove(String model) throws InterruptedException {
        models().remove(model);
    }

    @Override
    public ObjectNode claim(long sats) throws InterruptedException {
        return token(purse.claim(sats));
    }

    @Override
    public ObjectNode ecash() {
        ObjectNode list = Json.object();
        list.putArray("tokens");
        purse.tokens().forEach(token -> list.withArray("tokens").add(token(token)));
        return list;
    }

    @Override
    public void markSpent(String id) {
        purse.markSpent(id);
    }

    @Override
    public ObjectNode history(String period) {
        ObjectNode answer = Json.object().put("period", period);
        answer.putArray("buckets");
        for (History.Bucket bucket : History.of(journal.entries(), period, clock).buckets()) {
            answer.withArray("buckets")
                    .addObject()
                    .put("label", bucket.label())
                    .put("ts", bucket.start().toInstant().toString())
                    .put("jobs", bucket.jobs())
                    .put("tokens", bucket.tokens())
                    .put("earned_msats", bucket.msats());
        }
        return answer;
    }

    @Override
    public String key() {
        return config.now().account().key().value();
    }

    @Override
    public List<String> log() {
        return ring.lines();
    }

    private Keeper models() {
        return keeper.orElseThrow(
                () -> new AgentException("Models are managed for Ollama only; use your engine's."));
    }

    private static ObjectNode token(Ecash.Token token) {
        ObjectNode json = Json.object().put("id", token.id()).put("created", token.created());
        json.put("amount_msats", token.amount().value());
        json.put("amount_sats", token.amount().value() / 1_000);
        return json.put("token", token.token()).put("spent", token.spent());
    }
}
