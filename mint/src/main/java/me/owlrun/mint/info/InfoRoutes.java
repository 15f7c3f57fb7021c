package me.owlrun.mint.info;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Point;
import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.outcome.Outcome.Done;

import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// `GET /v1/info` (NUT-06).
public final class InfoRoutes implements HttpService {

    /// Name and number of this program.
    public static final String VERSION = "owlrun-mint/0.1.0";

    private static final List<Integer> SUPPORTED = List.of(7, 8, 9, 12);
    private static final List<String> REPEATABLE =
            List.of("/v1/swap", "/v1/mint/bolt11", "/v1/melt/bolt11");

    private final About about;
    private final InstantSource clock;

    /// What differs between mints.
    ///
    /// @param name the name wallets show
    /// @param identity the mint's public key
    /// @param url the address wallets use
    /// @param description what a user must know, first of all whether the money is real
    /// @param mintMax the most one mint quote may ask for, in steps of a unit
    /// @param meltMax the most one melt quote may pay, in steps of a unit
    /// @param more adds what other features have to say under `nuts`
    public record About(
            String name,
            Point identity,
            Supplier<String> url,
            String description,
            ToLongFunction<CurrencyUnit> mintMax,
            ToLongFunction<CurrencyUnit> meltMax,
            Consumer<ObjectNode> more) {}

    /// @param clock wallets compare it with their own
    public InfoRoutes(About about, InstantSource clock) {
        this.about = about;
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/v1/info", ApiHandler.get(request -> new Done<>(info())));
    }

    private ObjectNode info() {
        ObjectNode info = Json.object();
        info.put("name", about.name());
        info.put("pubkey", about.identity().toHex());
        info.put("version", VERSION);
        info.put("description", about.description());
        info.putArray("urls").add(about.url().get());
        info.put("time", clock.instant().getEpochSecond());
        info.set("nuts", nuts());
        return info;
    }

    private ObjectNode nuts() {
        ObjectNode nuts = Json.object();
        nuts.set("4", methods(about.mintMax(), true));
        nuts.set("5", methods(about.meltMax(), false));
        SUPPORTED.forEach(nut -> nuts.putObject(Integer.toString(nut)).put("supported", true));
        ObjectNode replay = nuts.putObject("19");
        replay.putNull("ttl"); // for ever
        ArrayNode endpoints = replay.putArray("cached_endpoints");
        REPEATABLE.forEach(path -> endpoints.addObject().put("method", "POST").put("path", path));
        about.more().accept(nuts);
        return nuts;
    }

    private static ObjectNode methods(ToLongFunction<CurrencyUnit> max, boolean describes) {
        ObjectNode node = Json.object();
        ArrayNode methods = node.putArray("methods");
        for (CurrencyUnit unit : CurrencyUnit.values()) {
            ObjectNode method = methods.addObject();
            method.put("method", "bolt11");
            method.put("unit", unit.text());
            method.put("min_amount", 1);
            method.put("max_amount", max.applyAsLong(unit));
            if (describes) {
                method.putObject("options").put("description", true);
            }
        }
        return node.put("disabled", false);
    }
}
