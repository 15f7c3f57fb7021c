package me.owlrun.mint.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.mint.guard.Pausable;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.keys.MintKeyset;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.outcome.Outcome.Refused;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The use cases of the operator. Whatever is done is logged; there is no way to declare a payment
/// paid or failed.
public final class Operator {

    private static final Logger LOG = System.getLogger(Operator.class.getName());

    private static final Duration STUCK_AFTER = Duration.ofSeconds(60);
    private static final int REASON_CHARS_MAX = 200;

    private final About about;
    private final Health health;
    private final Melts melts;
    private final Keysets keysets;
    private final InstantSource clock;

    /// What does not change while the mint runs.
    ///
    /// @param version name and number of the program
    /// @param network the money it deals in
    /// @param startedAt when it started
    public record About(String version, String network, Instant startedAt) {}

    /// @param health what is wrong
    /// @param melts the payments under way
    /// @param keysets what can be rotated
    public Operator(About about, Health health, Melts melts, Keysets keysets, InstantSource clock) {
        this.about = about;
        this.health = health;
        this.melts = melts;
        this.keysets = keysets;
        this.clock = clock;
    }

    Outcome<ObjectNode> status() {
        ObjectNode status = Json.object();
        status.put("version", about.version());
        status.put("network", about.network());
        Instant now = clock.instant();
        status.put("uptime_seconds", Duration.between(about.startedAt(), now).toSeconds());
        status.put("database", health.database().isAlive());
        ObjectNode node = status.putObject("lightning");
        node.put("answers", health.node().isAlive());
        health.node()
                .last()
                .ifPresent(state ->
                        node.put("id", state.id())
                                .put("ready", state.ready())
                                .put("spendable_msat", state.spendable().value()));
        status.set("paused", paused());
        health.breaker()
                .openBecause()
                .ifPresentOrElse(
                        reason -> status.put("breaker", reason), () -> status.putNull("breaker"));
        Melts.Pending pending = melts.pending();
        ObjectNode payments = status.putObject("pending_melts");
        payments.put("count", pending.count());
        payments.put("oldest_seconds", age(pending.oldestSince(), now));
        Books books = health.books();
        status.set("audit", audit(books.lastAudit().orElseGet(books::audit)));
        return new Done<>(status);
    }

    static long age(Optional<Instant> since, Instant now) {
        return since.map(from -> Duration.between(from, now).toSeconds()).orElse(0L);
    }

    private ObjectNode paused() {
        ObjectNode paused = Json.object();
        health.pauses()
                .all()
                .forEach((what, pause) ->
                        paused.putObject(what.text())
                                .put("reason", pause.reason())
                                .put("since", pause.since().toString()));
        return paused;
    }

    Outcome<ObjectNode> pause(ObjectNode request) {
        String reason = CashuJson.optionalText(request, "reason").orElse("");
        if (reason.length() > REASON_CHARS_MAX) {
            return new Refused<>(ErrorCode.OTHER, "The reason has more than 200 characters.");
        }
        return what(request)
                .map(what -> {
                    what.forEach(each -> health.pauses().pause(each, reason));
                    LOG.log(Level.INFO, "The operator paused {0}: {1}", what, reason);
                    return answer(paused());
                });
    }

    Outcome<ObjectNode> resume(ObjectNode request) {
        return what(request)
                .map(what -> {
                    what.forEach(health.pauses()::resume);
                    LOG.log(Level.INFO, "The operator resumed {0}.", what);
                    return answer(paused());
                });
    }

    private static ObjectNode answer(ObjectNode paused) {
        ObjectNode answer = Json.object();
        answer.set("paused", paused);
        return answer;
    }

    private static Outcome<Set<Pausable>> what(ObjectNode request) {
        Set<Pausable> what = EnumSet.noneOf(Pausable.class);
        for (JsonNode name : request.path("what")) {
            Optional<Pausable> known =
                    Arrays.stream(Pausable.values())
                            .filter(each -> each.text().equals(name.textValue()))
                            .findFirst();
            if (known.isEmpty()) {
                return new Refused<>(ErrorCode.OTHER, "'what' may hold mint, melt and swap.");
            }
            what.add(known.get());
        }
        return what.isEmpty()
                ? new Refused<>(ErrorCode.OTHER, "'what' names nothing: mint, melt, swap.")
                : new Done<>(what);
    }

    Outcome<ObjectNode> rotate(ObjectNode request) {
        Optional<String> name = CashuJson.optionalText(request, "unit");
        Optional<CurrencyUnit> unit = name.flatMap(CurrencyUnit::ofText);
        if (name.isPresent() && unit.isEmpty()) {
            return Outcome.refused(ErrorCode.UNIT_UNSUPPORTED);
        }
        List<CurrencyUnit> units = unit.map(List::of).orElse(List.of(CurrencyUnit.values()));
        List<MintKeyset> fresh = keysets.rotate(units);
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("keysets");
        for (MintKeyset keyset : fresh) {
            LOG.log(Level.INFO, "The operator rotated to keyset {0}.", keyset.id());
            list.addObject()
                    .put("id", keyset.id().value())
                    .put("unit", keyset.unit().text())
                    .put("input_fee_ppk", keyset.keyset().inputFeePpk());
        }
        return new Done<>(answer);
    }

    Outcome<ObjectNode> stuckMelts() {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("melts");
        Instant now = clock.instant();
        for (Melts.Stuck stuck : melts.begunBefore(now.minus(STUCK_AFTER))) {
            ObjectNode melt = list.addObject();
            melt.put("attempt", stuck.attemptId().toString());
            melt.put("quote", stuck.quoteId().toString());
            melt.put("payment_hash", stuck.paymentHash());
            melt.put("unit", stuck.unit().text());
            melt.put("amount", stuck.amount());
            melt.put("fee_reserve", stuck.feeReserve());
            melt.put("input_amount", stuck.inputAmount());
            melt.put("since", stuck.since().toString());
            melt.put("age_seconds", age(Optional.of(stuck.since()), now));
            melt.put("checks", stuck.checks());
            melt.put("next_check_at", stuck.nextCheckAt().toString());
            stuck.evidence()
                    .ifPresentOrElse(
                            said -> melt.put("evidence", said), () -> melt.putNull("evidence"));
        }
        return new Done<>(answer);
    }

    Outcome<ObjectNode> resumeMelts() {
        health.breaker().close();
        LOG.log(Level.INFO, "The operator let melts go on.");
        return status();
    }

    Outcome<ObjectNode> liabilities() {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("keysets");
        for (Books.Account account : health.books().accounts()) {
            list.addObject()
                    .put("id", account.keysetId().value())
                    .put("unit", account.unit().text())
                    .put("active", account.active())
                    .put("issued", account.issued())
                    .put("redeemed", account.redeemed())
                    .put("outstanding", account.outstanding());
        }
        ObjectNode sums = answer.putObject("outstanding");
        for (Map.Entry<CurrencyUnit, Long> sum : outstanding().entrySet()) {
            sums.put(sum.getKey().text(), sum.getValue());
        }
        return new Done<>(answer);
    }

    private Map<CurrencyUnit, Long> outstanding() {
        Map<CurrencyUnit, Long> sums = new EnumMap<>(CurrencyUnit.class);
        for (Books.Account account : health.books().accounts()) {
            sums.merge(account.unit(), account.outstanding(), Math::addExact);
        }
        return sums;
    }

    Outcome<ObjectNode> audit() {
        return new Done<>(audit(health.books().audit()));
    }

    private static ObjectNode audit(Books.Audit audit) {
        return Json.object()
                .put("result", audit.right() ? "ok" : "breach")
                .put("detail", audit.detail())
                .put("at", audit.at().toString());
    }
}
