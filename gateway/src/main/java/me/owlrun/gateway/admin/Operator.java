package me.owlrun.gateway.admin;

import static me.owlrun.gateway.admin.RefusedException.notFound;
import static me.owlrun.gateway.admin.RefusedException.wrong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;
import me.owlrun.operate.Pauses;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The use cases of the operator. Whatever is done is logged; there is no way to declare a payment
/// or payout paid or failed.
///
/// @param about what does not change while the gateway runs
/// @param health what is wrong
/// @param pauses what is stopped
/// @param audit looks through the money
/// @param bills bills that can be made again
/// @param stuck money that takes long
/// @param accounts whose money it is
record Operator(
        About about,
        Health health,
        Pauses<Pausable> pauses,
        AuditWatch audit,
        BillLookStore bills,
        List<StuckMoney> stuck,
        List<AccountDesk> accounts,
        InstantSource clock) {

    private static final System.Logger LOG = System.getLogger(Operator.class.getName());

    private static final int REASON_CHARS_MAX = 200;

    ObjectNode status() {
        Instant now = clock.instant();
        ObjectNode status = Json.object();
        status.put("version", about.version());
        status.put("network", about.network());
        status.put("instance", about.instance());
        status.put("uptime_seconds", Duration.between(about.startedAt(), now).toSeconds());
        status.set("paused", paused());
        health.payoutsStopped()
                .ifPresentOrElse(
                        reason -> status.put("payouts_stopped", reason),
                        () -> status.putNull("payouts_stopped"));
        audit.last()
                .ifPresentOrElse(
                        last -> status.set("audit", json(last)), () -> status.putNull("audit"));
        ArrayNode problems = status.putArray("problems");
        health.problems()
                .forEach(problem ->
                        problems.addObject()
                                .put("code", problem.code())
                                .put("title", problem.title())
                                .put("text", problem.text()));
        return status;
    }

    private ObjectNode paused() {
        ObjectNode paused = Json.object();
        pauses.all()
                .forEach((what, pause) ->
                        paused.putObject(what.text())
                                .put("reason", pause.reason())
                                .put("since", pause.since().toString()));
        return paused;
    }

    ObjectNode pause(ObjectNode request) {
        String reason = reason(request);
        Set<Pausable> what = what(request);
        what.forEach(each -> pauses.pause(each, reason));
        LOG.log(System.Logger.Level.INFO, "the operator paused {0}: {1}", what, reason);
        return answer("paused", paused());
    }

    ObjectNode resume(ObjectNode request) {
        Set<Pausable> what = what(request);
        what.forEach(pauses::resume);
        LOG.log(System.Logger.Level.INFO, "the operator resumed {0}", what);
        return answer("paused", paused());
    }

    private static Set<Pausable> what(ObjectNode request) {
        Set<Pausable> what = EnumSet.noneOf(Pausable.class);
        for (JsonNode name : request.path("what")) {
            what.add(
                    Arrays.stream(Pausable.values())
                            .filter(each -> each.text().equals(name.textValue()))
                            .findFirst()
                            .orElseThrow(Operator::wrongWhat));
        }
        if (what.isEmpty()) {
            throw wrongWhat();
        }
        return what;
    }

    private static RefusedException wrongWhat() {
        return wrong("what", "'what' is a list of jobs, payouts, registrations.");
    }

    static String reason(ObjectNode request) {
        return text(request, "reason", 0, REASON_CHARS_MAX);
    }

    /// A text of a request; missing counts as empty.
    static String text(ObjectNode request, String field, int charsMin, int charsMax) {
        String text = request.path(field).asText("");
        if (text.length() < charsMin || text.length() > charsMax) {
            throw wrong(
                    field, "'%s' has %d to %d characters.".formatted(field, charsMin, charsMax));
        }
        return text;
    }

    static ObjectNode answer(String name, JsonNode value) {
        ObjectNode answer = Json.object();
        answer.set(name, value);
        return answer;
    }

    ObjectNode auditNow() {
        return json(audit.auditNow());
    }

    private static ObjectNode json(AuditResult result) {
        ObjectNode json = Json.object();
        json.put("result", result.isClean() ? "ok" : "breach");
        ArrayNode findings = json.putArray("findings");
        result.findings().forEach(findings::add);
        json.put("at", result.at().toString());
        return json;
    }

    ObjectNode explain(String jobOrPayment) {
        return bills.explain(jobOrPayment)
                .orElseThrow(() -> notFound("No bill of this job or payment is stored."));
    }

    ObjectNode stuckMoney() {
        Instant now = clock.instant();
        ArrayNode list = Json.array();
        stuck.stream()
                .flatMap(kind -> kind.list().stream())
                .forEach(each ->
                        list.addObject()
                                .put("id", each.id())
                                .put("kind", each.kind())
                                .put("state", each.state())
                                .put("amount_msats", each.amountMsat())
                                .put("since", each.since().toString())
                                .put("age_seconds", Duration.between(each.since(), now).toSeconds())
                                .put("next_attempt_at", each.nextAttemptAt().toString())
                                .put("evidence", each.evidence()));
        return answer("stuck", list);
    }

    ObjectNode retry(ObjectNode request) {
        String id = text(request, "id", 1, REASON_CHARS_MAX);
        if (stuck.stream().noneMatch(kind -> kind.retryNow(id))) {
            throw notFound("Nothing of this name is open.");
        }
        LOG.log(System.Logger.Level.INFO, "the operator has {0} looked at now", id);
        return Json.object().put("id", id).put("retried", true);
    }

    ObjectNode findAccounts(String text) {
        ArrayNode list = Json.array();
        accounts.forEach(desk -> desk.find(text).forEach(list::add));
        return answer("accounts", list);
    }

    ObjectNode pauseAccount(ObjectNode request, boolean pause) {
        String id = text(request, "id", 1, REASON_CHARS_MAX);
        String reason = reason(request);
        Optional<AccountDesk> known =
                accounts.stream().filter(desk -> desk.pause(id, pause, reason)).findFirst();
        if (known.isEmpty()) {
            throw notFound("No account of this number can be paused.");
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the operator {0} account {1}: {2}",
                pause ? "paused" : "resumed",
                id,
                reason);
        return Json.object().put("id", id).put("paused", pause);
    }
}
