package me.owlrun.gateway.topup;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.pay.Look;
import me.owlrun.gateway.pay.Refusal;
import me.owlrun.gateway.pay.Tender;
import me.owlrun.gateway.pay.TokenDesk;
import me.owlrun.gateway.vault.MintAnswer;
import me.owlrun.gateway.vault.MintClient;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Where money is paid in. Gives invoices, and takes tokens: the intent is written down before the
/// mint is asked, and whatever this leaves open the [TopupKeeper] finishes. Thread-safe.
final class Counter {

    private static final System.Logger LOG = System.getLogger(Counter.class.getName());

    private static final int PROOFS_SPENT = 11001;
    private static final int AMOUNT_OUT_OF_RANGE = 11006;

    /// The mint's keyset was replaced between our look and the swap: look again.
    private static final int KEYSET_INACTIVE = 12002;

    private static final int ATTEMPTS_MAX = 2;
    private static final int ID_BYTES = 16;

    /// Invoices are in sats, the unit that payouts leave in.
    private static final CurrencyUnit INVOICE_UNIT = CurrencyUnit.SAT;

    /// How often one may make us look at an old invoice again.
    private static final Duration REVIVE_EVERY = Duration.ofSeconds(10);

    private final TopupStore store;
    private final MintDesk mint;
    private final String bootId;
    private final long unpaidMax;
    private final InstantSource clock;

    /// Top-ups that a thread of this process is at work on.
    private final Set<String> live = ConcurrentHashMap.newKeySet();

    Counter(TopupStore store, MintDesk mint, String bootId, long unpaidMax, InstantSource clock) {
        this.store = store;
        this.mint = mint;
        this.bootId = bootId;
        this.unpaidMax = unpaidMax;
        this.clock = clock;
    }

    /// What paying in gives.
    sealed interface Outcome {

        /// A top-up, in whatever state.
        record Is(Topup topup) implements Outcome {}

        /// Nothing was begun.
        record Not(ApiError error) implements Outcome {}
    }

    private static Outcome not(ErrorCode code, String message) {
        return new Outcome.Not(ApiError.of(code, message));
    }

    /// Whether a thread of this process is at work on a top-up.
    boolean isLive(String topupId) {
        return live.contains(topupId);
    }

    /// A top-up of an account; an old unpaid invoice is looked at again.
    Optional<Topup> find(long accountId, String id) {
        Optional<Topup> found = store.find(accountId, id);
        found.filter(topup -> topup.state() == Topup.State.EXPIRED)
                .ifPresent(topup -> store.revive(topup, REVIVE_EVERY));
        return found;
    }

    /// An invoice for an account; the same one again for the same Idempotency-Key.
    Outcome lightning(long accountId, Msat amount, Optional<String> idempotencyKey) {
        Optional<String> key = idempotencyKey.map(Sha256::hexOf);
        Optional<Outcome> repeat = key.flatMap(text -> repeated(accountId, amount, text));
        if (repeat.isPresent()) {
            return repeat.get();
        }
        if (store.countUnpaid(accountId) >= unpaidMax) {
            return tooMany();
        }
        return switch (mint.client().mintQuote(INVOICE_UNIT.floorSteps(amount), INVOICE_UNIT)) {
            case MintAnswer.Ok<MintClient.Quote>(MintClient.Quote quote) ->
                    begin(topup(accountId, amount, quote), key);
            case MintAnswer.Refused<MintClient.Quote>(int code) when code == AMOUNT_OUT_OF_RANGE ->
                    new Outcome.Not(
                            ApiError.of(
                                    ErrorCode.INVALID_REQUEST,
                                    "The mint gives no invoice of this amount.",
                                    "amount_sats"));
            case MintAnswer.Refused<MintClient.Quote> _ -> noInvoice();
            case MintAnswer.NotSent<MintClient.Quote>() -> noInvoice();
            case MintAnswer.Unknown<MintClient.Quote> _ -> noInvoice(); // nobody saw the invoice
        };
    }

    private static Outcome noInvoice() {
        return not(
                ErrorCode.MINT_UNAVAILABLE,
                "The mint gives no invoice at the moment; try again later.");
    }

    private static Outcome tooMany() {
        return not(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                "The account has as many unpaid invoices as it may have; pay one, or wait until"
                        + " one ends.");
    }

    private Optional<Outcome> repeated(long accountId, Msat amount, String key) {
        return store.ofKey(accountId, key)
                .map(topup ->
                        topup.lightning().isPresent() && topup.amount().equals(amount)
                                ? new Outcome.Is(topup)
                                : keyReused());
    }

    private static Outcome keyReused() {
        return new Outcome.Not(
                ApiError.of(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key came with another top-up; nothing was begun.",
                        "Idempotency-Key"));
    }

    private Topup topup(long accountId, Msat amount, MintClient.Quote quote) {
        Optional<Instant> expiry =
                quote.expiryEpochSeconds().isPresent()
                        ? Optional.of(Instant.ofEpochSecond(quote.expiryEpochSeconds().getAsLong()))
                        : Optional.empty();
        return new Topup(
                newId(),
                accountId,
                Topup.State.UNPAID,
                INVOICE_UNIT,
                amount,
                Msat.ZERO,
                Optional.of(new Topup.Lightning(quote.id(), quote.invoice(), expiry)),
                Optional.empty(),
                bootId,
                clock.instant());
    }

    private Outcome begin(Topup topup, Optional<String> key) {
        return switch (store.beginLightning(topup, key, unpaidMax)) {
            case STARTED -> new Outcome.Is(topup);
            case TOO_MANY -> tooMany();
            case REPEATED ->
                    key.flatMap(text -> repeated(topup.accountId(), topup.amount(), text))
                            .orElseGet(Counter::noInvoice);
        };
    }

    private String newId() {
        byte[] id = new byte[ID_BYTES];
        mint.random().nextBytes(id);
        return "topup_" + HexFormat.of().formatHex(id);
    }

    /// Takes a token into an account; the same one again gives the same outcome.
    Outcome ecash(long accountId, String token, Optional<String> idempotencyKey) {
        return switch (mint.tokens().read(token)) {
            case Look.Wrong<TokenDesk.Read>(Refusal refusal) -> new Outcome.Not(refusal.error());
            case Look.Fine<TokenDesk.Read>(TokenDesk.Read read) -> {
                Optional<Outcome> before = taken(accountId, read.key());
                yield before.orElseGet(
                        () -> ecash(accountId, read, idempotencyKey.map(Sha256::hexOf)));
            }
        };
    }

    private Optional<Outcome> taken(long accountId, String tokenKey) {
        return store.ofToken(tokenKey)
                .map(topup -> topup.accountId() == accountId ? new Outcome.Is(topup) : spent());
    }

    private static Outcome spent() {
        return not(ErrorCode.TOKEN_SPENT, "The token was spent before; use fresh ecash.");
    }

    private Outcome ecash(long accountId, TokenDesk.Read read, Optional<String> key) {
        Outcome outcome = not(ErrorCode.MINT_UNAVAILABLE, "The mint's keys changed; try again.");
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Look<Tender> look = mint.tokens().tender(read);
            if (look instanceof Look.Wrong<Tender>(Refusal refusal)) {
                return new Outcome.Not(refusal.error());
            }
            if (look instanceof Look.Fine<Tender>(Tender tender)) {
                Attempt done = attempt(accountId, tender, key);
                outcome = done.outcome;
                if (done.mintCode != KEYSET_INACTIVE) {
                    return outcome;
                }
            }
            mint.keysets().refresh();
        }
        return outcome;
    }

    /// One try at taking a token, with the mint's code when it refused.
    private record Attempt(Outcome outcome, int mintCode) {}

    private Attempt attempt(long accountId, Tender tender, Optional<String> key) {
        MintOperation swap = swap(tender);
        Topup topup = topup(accountId, tender, swap.id());
        live.add(topup.id());
        try {
            if (store.beginEcash(topup, key, tender.key(), swap) != TopupStore.Begun.STARTED) {
                return new Attempt(taken(accountId, tender.key()).orElseGet(Counter::keyReused), 0);
            }
            return take(topup, swap);
        } finally {
            live.remove(topup.id());
        }
    }

    private MintOperation swap(Tender tender) {
        long steps = tender.unit().floorSteps(tender.paid());
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.TOPUP,
                tender.inputs(),
                Optional.empty(),
                tender.target().id(),
                tender.unit(),
                tender.feeSteps(),
                mint.outputs(steps, tender.target()));
    }

    private Topup topup(long accountId, Tender tender, UUID operation) {
        return new Topup(
                newId(),
                accountId,
                Topup.State.RUNNING,
                tender.unit(),
                tender.paid(),
                tender.unit().toMsat(tender.feeSteps()),
                Optional.empty(),
                Optional.of(operation),
                bootId,
                clock.instant());
    }

    private Attempt take(Topup topup, MintOperation swap) {
        return switch (mint.runner().runFirst(swap)) {
            case OperationResult.Done(var proofs) -> {
                store.credited(topup, swap, proofs);
                yield new Attempt(now(topup), 0);
            }
            case OperationResult.Refused(int code) -> {
                store.refused(topup, swap, code);
                yield new Attempt(refusal(code), code);
            }
            case OperationResult.NotSent() -> {
                store.refused(topup, swap, 0);
                yield new Attempt(
                        not(
                                ErrorCode.MINT_UNAVAILABLE,
                                "The mint cannot be reached; the token was not taken, try again"
                                        + " later."),
                        0);
            }
            case OperationResult.Pending(String reason) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: the mint''s answer is unknown ({1}); asking again later",
                        topup.id(),
                        reason);
                yield new Attempt(new Outcome.Is(topup), 0);
            }
        };
    }

    private Outcome now(Topup topup) {
        return new Outcome.Is(store.find(topup.accountId(), topup.id()).orElseThrow());
    }

    private static Outcome refusal(int code) {
        return code == PROOFS_SPENT
                ? spent()
                : not(
                        ErrorCode.INVALID_CASHU_TOKEN,
                        "The mint refuses the token (code %d); nothing was taken.".formatted(code));
    }
}
