package me.owlrun.agent.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what the owner did.
final class FakeControls implements Controls {
    final List<String> done = new CopyOnWriteArrayList<>();

    @Override
    public void set(String section, String key, String value) {
        done.add("set " + section + " " + key + " " + value);
    }

    @Override
    public void pause(Optional<Duration> time) {
        done.add("pause " + time);
    }

    @Override
    public void resume() {
        done.add("resume");
    }

    @Override
    public void pull(String model) {
        done.add("pull " + model);
    }

    @Override
    public void remove(String model) {
        done.add("remove " + model);
    }

    @Override
    public ObjectNode claim(long sats) {
        done.add("claim " + sats);
        return Json.object();
    }

    @Override
    public ObjectNode ecash() {
        return Json.object();
    }

    @Override
    public void markSpent(String id) {
        done.add("spent " + id);
    }

    @Override
    public ObjectNode history(String period) {
        return Json.object().put("period", period);
    }

    @Override
    public String key() {
        return "owlr_prov_0123456789abcdef";
    }

    @Override
    public List<String> log() {
        return List.of("line");
    }
}
