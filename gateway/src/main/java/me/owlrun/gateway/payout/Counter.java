package me.owlrun.gateway.payout;

import me.owlrun.bolt11.Invoice;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Where people take their money out. A request is carried out within the answer when that is
/// quick, and goes on by itself when it is not.
final class Counter {

    /// Looks within an answer: about sixteen seconds.
    private static final int LOOKS_MAX = 6;

    private static final int TRIES_MAX = 5;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(300);

    private final Withdrawals withdrawals;
    private final PayoutRunner runner;
    private final PayoutListStore payouts;
    private final PauseStore pauses;
    private final Invoices invoices;
    private final StopSignal stop;

    Counter(
            Withdrawals withdrawals,
            PayoutRunner runner,
            PayoutListStore payouts,
            PauseStore pauses,
            Invoices invoices,
            StopSignal stop) {
        this.withdrawals = withdrawals;
        this.runner = runner;
        this.payouts = payouts;
        this.pauses = pauses;
        this.invoices = invoices;
        this.stop = stop;
    }

    /// What a withdrawal gave.
    sealed interface Answer {

        /// It is written down; its state tells the rest.
        record Done(Payout payout) implements Answer {}

        /// Nothing changed.
        record Refused(ApiError error) implements Answer {}
    }

    /// Withdraws.
    ///
    /// @param key the Idempotency-Key
    Answer withdraw(long account, PayoutReading asked, Optional<String> key) {
        String sha256 = sha256(asked);
        Optional<Began> before = key.flatMap(text -> payouts.before(account, text, sha256));
        if (before.isPresent()) {
            return before.get() instanceof Began.Repeated(Payout payout)
                    ? new Answer.Done(watched(payout))
                    : refused(before.get(), Msat.ZERO);
        }
        Optional<String> paused = pauses.reason();
        if (paused.isPresent() && asked.method() == Payout.Method.LIGHTNING) {
            return new Answer.Refused(
                    ApiError.of(
                            ErrorCode.PAYOUTS_PAUSED,
                            "No payments are sent at the moment; try again later."));
        }
        Withdrawals.Ask ask = new Withdrawals.Ask(account, false, key, sha256);
        return asked.method() == Payout.Method.ECASH ? ecash(ask, asked) : lightning(ask, asked);
    }

    private static String sha256(PayoutReading asked) {
        return Sha256.hexOf(
                String.join(
                        "|",
                        asked.method().name(),
                        asked.amount().map(Msat::value).map(String::valueOf).orElse("all"),
                        asked.units().toString(),
                        Boolean.toString(asked.tokenB()),
                        asked.address(),
                        asked.invoice().map(Invoice::text).orElse("")));
    }

    private Answer ecash(Withdrawals.Ask ask, PayoutReading asked) {
        Msat balance = payouts.free(ask.accountId());
        Msat amount = asked.amount().orElse(Msat.ofSat(balance.floorSat()));
        if (!amount.isPositive()) {
            return refused(new Began.Insufficient(balance), amount);
        }
        return answer(
                patiently(() -> withdrawals.ecash(ask, amount, asked.units(), asked.tokenB())),
                amount);
    }

    private Answer lightning(Withdrawals.Ask ask, PayoutReading asked) {
        int percent = FeeReserve.PERCENT_MAX;
        Msat balance = payouts.free(ask.accountId());
        Msat amount = asked.amount().orElseGet(() -> FeeReserve.largestAmount(balance, percent));
        Msat reserve = FeeReserve.of(amount, percent);
        if (!amount.isPositive() || balance.compareTo(amount.plus(reserve)) < 0) {
            return refused(new Began.Insufficient(balance), amount.plus(reserve));
        }
        if (asked.invoice().isPresent()) {
            Invoice invoice = asked.invoice().get();
            return answer(
                    patiently(() -> withdrawals.lightning(ask, invoice, amount, reserve, "")),
                    amount);
        }
        return switch (invoices.invoice(asked.address(), amount, "owlrun withdrawal")) {
            case Invoices.Answer.None(Failure failure, String reason) ->
                    new Answer.Refused(notPossible(failure, reason));
            case Invoices.Answer.Found(Invoice invoice) ->
                    invoice.amount().equals(Optional.of(amount))
                            ? answer(
                                    patiently(() ->
                                            withdrawals.lightning(
                                                    ask,
                                                    invoice,
                                                    amount,
                                                    reserve,
                                                    asked.address())),
                                    amount)
                            : new Answer.Refused(
                                    notPossible(
                                            Failure.BAD_INVOICE,
                                            "the invoice is over another amount"));
        };
    }

    private Answer answer(Withdrawals.Result result, Msat amount) {
        return switch (result) {
            case Withdrawals.Result.Begun(Payout payout, boolean _) ->
                    new Answer.Done(watched(payout));
            case Withdrawals.Result.NotBegun(Began why) -> refused(why, amount);
            case Withdrawals.Result.NotPossible(Failure failure, String reason) ->
                    new Answer.Refused(notPossible(failure, reason));
        };
    }

    /// Tries again a few times when others have the vault's coins in hand.
    private Withdrawals.Result patiently(Supplier<Withdrawals.Result> begin) {
        Withdrawals.Result result = begin.get();
        for (int tries = 1; tries < TRIES_MAX && isBusy(result); tries++) {
            if (stop.isStoppingWithin(BETWEEN_TRIES)) {
                return result;
            }
            result = begin.get();
        }
        return result;
    }

    private static boolean isBusy(Withdrawals.Result result) {
        return result instanceof Withdrawals.Result.NotBegun(Began.VaultBusy());
    }

    /// Waits a while for the end.
    private Payout watched(Payout begun) {
        Payout payout = begun;
        for (int look = 0; look < LOOKS_MAX && !payout.state().isClosed(); look++) {
            if (stop.isStoppingWithin(BackOff.untilNextLook(look))) {
                return payout;
            }
            payout = runner.goOn(payouts.find(payout.id()).orElseThrow());
        }
        return payout;
    }

    private static Answer refused(Began why, Msat amount) {
        return new Answer.Refused(
                switch (why) {
                    case Began.KeyReused() ->
                            ApiError.of(
                                    ErrorCode.IDEMPOTENCY_KEY_REUSED,
                                    "This Idempotency-Key came before with another request.",
                                    "Idempotency-Key");
                    case Began.InProgress() ->
                            ApiError.of(
                                    ErrorCode.PAYOUT_IN_PROGRESS,
                                    "A payment of this account is under way; wait for its end.");
                    case Began.InvoiceReused() ->
                            ApiError.of(
                                    ErrorCode.INVOICE_REFUSED,
                                    "This invoice was used before; make a new one.",
                                    "invoice");
                    case Began.Insufficient(Msat balance) ->
                            ApiError.of(
                                    ErrorCode.INSUFFICIENT_FUNDS,
                                    "This takes %d sats with the fee reserve; %d can be withdrawn."
                                            .formatted(amount.ceilSat(), balance.floorSat()));
                    case Began.InEscrow(Msat free) ->
                            ApiError.of(
                                    ErrorCode.INSUFFICIENT_FUNDS,
                                    "%d sats can be withdrawn now; what a new node earned waits."
                                            .formatted(free.floorSat()));
                    case Began.Capped(String cap) ->
                            ApiError.of(
                                    ErrorCode.PAYOUT_LIMIT,
                                    "The limit for " + cap + " is reached; try again later.");
                    case Began.VaultShort(), Began.VaultBusy() ->
                            ApiError.of(
                                    ErrorCode.VAULT_SHORT,
                                    "The gateway has no coins of this unit at hand; try again"
                                            + " later, or with another 'unit'.");
                    case Began.Opened _, Began.Repeated _ ->
                            throw new IllegalStateException("this is no refusal");
                });
    }

    private static ApiError notPossible(Failure failure, String reason) {
        return switch (failure) {
            case OUR_LIQUIDITY ->
                    ApiError.of(
                            ErrorCode.MINT_UNAVAILABLE,
                            "The mint cannot be reached or cannot pay; your balance is unchanged.");
            case TEMPORARY, NO_ROUTE ->
                    ApiError.of(
                            ErrorCode.PAYOUT_FAILED,
                            "It cannot be paid now: " + reason + "; your balance is unchanged.");
            case ADDRESS, BAD_INVOICE, BELOW_MIN ->
                    ApiError.of(
                            ErrorCode.INVOICE_REFUSED,
                            "It cannot be paid: " + reason + "; your balance is unchanged.");
        };
    }
}
