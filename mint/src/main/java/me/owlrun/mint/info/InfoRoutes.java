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
import me.owlrun.money.Msat;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// `GET /v1/info` (NUT-06).
public final class InfoRoutes implements HttpService {

    private static final List<Integer> SUPPORTED = List.of(7, 8, 9, 10, 11, 12, 14, 20);

    /// Name and number of this program.
    public static final String VERSION = "owlrun-mint/0.1.0";

    private static final List<String> REPEATABLE =
            List.of("/v1/swap", "/v1/mint/bolt11", "/v1/mint/bolt11/batch", "/v1/melt/bolt11");
    private static final String METHOD = "bolt11";
    private static final String METHOD_NAME = "Lightning";

    private static final String WHOLE_SATS =
            "The Lightning node counts whole sats: mint quotes in msat ask for a multiple of 1000.";

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
    /// @param batchMax the most quotes of one batch (NUT-29)
    /// @param abilities what else it can do
    /// @param more adds what other features have to say under `nuts`
    public record About(
            String name,
            Point identity,
            Supplier<String> url,
            String description,
            ToLongFunction<CurrencyUnit> mintMax,
            ToLongFunction<CurrencyUnit> meltMax,
            int batchMax,
            Abilities abilities,
            Consumer<ObjectNode> more) {}

    /// What other parts of the mint and its Lightning backend can do.
    ///
    /// @param amountless pays invoices without amount (NUT-23)
    /// @param partialPayments pays parts of invoices (NUT-15)
    /// @param subSat makes invoices over parts of a sat
    public record Abilities(boolean amountless, boolean partialPayments, boolean subSat) {}

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
        if (!about.abilities().subSat()) {
            info.put("description_long", WHOLE_SATS);
        }
        info.putArray("urls").add(about.url().get());
        info.put("time", clock.instant().getEpochSecond());
        info.set("nuts", nuts());
        return info;
    }

    private ObjectNode nuts() {
        ObjectNode nuts = Json.object();
        nuts.set("4", methods(this::mintMin, about.mintMax(), option("description", true)));
        nuts.set(
                "5",
                methods(
                        unit -> 1,
                        about.meltMax(),
                        option("amountless", about.abilities().amountless())));
        SUPPORTED.forEach(nut -> nuts.putObject(Integer.toString(nut)).put("supported", true));
        if (about.abilities().partialPayments()) {
            nuts.putObject("15").putArray("methods").addAll(eachUnit());
        }
        ObjectNode replay = nuts.putObject("19");
        replay.putNull("ttl"); // for ever
        ArrayNode endpoints = replay.putArray("cached_endpoints");
        REPEATABLE.forEach(path -> endpoints.addObject().put("method", "POST").put("path", path));
        ObjectNode batch = nuts.putObject("29").put("max_batch_size", about.batchMax());
        batch.putArray("methods").add(METHOD);
        about.more().accept(nuts);
        return nuts;
    }

    private static ObjectNode option(String name, boolean value) {
        return Json.object().put(name, value);
    }

    /// The least that one mint quote may ask for, in steps of a unit.
    private long mintMin(CurrencyUnit unit) {
        return about.abilities().subSat() ? 1 : unit.ceilSteps(Msat.ofSat(1));
    }

    private static ObjectNode methods(
            ToLongFunction<CurrencyUnit> min,
            ToLongFunction<CurrencyUnit> max,
            ObjectNode options) {
        List<ObjectNode> methods = eachUnit();
        for (ObjectNode method : methods) {
            CurrencyUnit unit = CurrencyUnit.ofText(method.path("unit").textValue()).orElseThrow();
            method.put("method_name", METHOD_NAME);
            method.put("min_amount", min.applyAsLong(unit));
            method.put("max_amount", max.applyAsLong(unit));
            method.set("options", options);
        }
        ObjectNode node = Json.object().put("disabled", false);
        node.putArray("methods").addAll(methods);
        return node;
    }

    private static List<ObjectNode> eachUnit() {
        return Arrays.stream(CurrencyUnit.values())
                .map(unit -> Json.object().put("method", METHOD).put("unit", unit.text()))
                .toList();
    }
}
