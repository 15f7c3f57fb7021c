package me.owlrun.mint.lightning;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What an invoice's description tells the play-money backend to do, as a JSON object. Fields for a
/// payment, named as other mints' fake wallets name them: `pay_invoice_state` and
/// `check_payment_state` (`PAID`, `UNPAID`, `PENDING`, `UNKNOWN`, `FAILED`), `pay_err` and
/// `check_err` (true: throw); and of our own: `pay_lost` (true: paid, but the answer is lost),
/// `pay_wait_ms` (how long the answer takes), `settle_delay_ms` with `unsettled_state` (what
/// look-ups say until then, pending if it is not given), `fee_msat`. Field for one of our own
/// invoices: `pay_delay_ms`, below zero means never.
///
/// @param pay the answer to paying
/// @param check the answer to a look-up
/// @param payThrows whether paying throws, before it leaves a trace
/// @param checkThrows whether a look-up throws
/// @param payLost whether paying leaves its trace and then gives no answer
/// @param payWait how long paying takes
/// @param settleDelay how long look-ups say that it is not settled
/// @param unsettled what they say until then
/// @param fee what it costs on top; empty: one step of the unit
/// @param payDelay when our own invoice is paid by itself; empty: as set
record FakeScript(
        State pay,
        State check,
        boolean payThrows,
        boolean checkThrows,
        boolean payLost,
        Duration payWait,
        Duration settleDelay,
        State unsettled,
        Optional<Msat> fee,
        Optional<Duration> payDelay) {

    private static final Duration DELAY_MAX = Duration.ofDays(1);

    private static final FakeScript NONE =
            new FakeScript(
                    State.PAID,
                    State.PAID,
                    false,
                    false,
                    false,
                    Duration.ZERO,
                    Duration.ZERO,
                    State.PENDING,
                    Optional.empty(),
                    Optional.empty());

    /// The states a script can name.
    enum State {
        /// The money arrived.
        PAID,
        /// The node never heard of it.
        UNPAID,
        /// It is on its way.
        PENDING,
        /// Nobody can tell.
        UNKNOWN,
        /// It failed for good.
        FAILED
    }

    /// The script in a description; anything that is none means that all goes well.
    static FakeScript of(String description) {
        if (!description.startsWith("{")) {
            return NONE;
        }
        try {
            JsonNode json = Json.parse(description);
            State pay = state(json.path("pay_invoice_state"), State.PAID);
            return new FakeScript(
                    pay,
                    state(json.path("check_payment_state"), pay),
                    json.path("pay_err").asBoolean(false),
                    json.path("check_err").asBoolean(false),
                    json.path("pay_lost").asBoolean(false),
                    delay(json.path("pay_wait_ms")).orElse(Duration.ZERO),
                    delay(json.path("settle_delay_ms")).orElse(Duration.ZERO),
                    state(json.path("unsettled_state"), State.PENDING),
                    fee(json.path("fee_msat")),
                    delay(json.path("pay_delay_ms")));
        } catch (InvalidJsonException e) {
            return NONE;
        }
    }

    private static State state(JsonNode node, State otherwise) {
        String name = node.asText("").toUpperCase(Locale.ROOT);
        for (State state : State.values()) {
            if (state.name().equals(name)) {
                return state;
            }
        }
        return otherwise;
    }

    private static Optional<Msat> fee(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0
                ? Optional.of(Msat.of(node.intValue()))
                : Optional.empty();
    }

    private static Optional<Duration> delay(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong()
                ? Optional.of(Duration.ofMillis(Math.min(node.longValue(), DELAY_MAX.toMillis())))
                : Optional.empty();
    }
}
