package me.owlrun.gateway.payout;

import me.owlrun.bolt11.Invoice;
import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.gateway.vault.MeltOffer;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Begins payouts: finds the coins' unit, asks the mint what paying takes, writes it down and sends
/// it. Used by the loop of automatic payouts and by people alike.
final class Withdrawals {

    /// An invoice that ends sooner is not begun.
    private static final Duration EXPIRY_LEFT_MIN = Duration.ofSeconds(60);

    /// Paid in msat where possible: the way's fee is exact then.
    private static final List<CurrencyUnit> UNITS_TO_PAY =
            List.of(CurrencyUnit.MSAT, CurrencyUnit.SAT);

    private final PayoutBook book;
    private final PayoutRunner runner;
    private final MintDesk mint;
    private final VaultAid aid;
    private final InstantSource clock;

    Withdrawals(
            PayoutBook book,
            PayoutRunner runner,
            MintDesk mint,
            VaultAid aid,
            InstantSource clock) {
        this.book = book;
        this.runner = runner;
        this.mint = mint;
        this.aid = aid;
        this.clock = clock;
    }

    /// Who asks.
    ///
    /// @param sha256 of what was asked for
    record Ask(long accountId, boolean automatic, Optional<String> key, String sha256) {

        @Override
        public String toString() {
            return "Ask[account=" + accountId + "]";
        }
    }

    /// What became of it.
    sealed interface Result {

        /// It is written down, and maybe ended already.
        record Begun(Payout payout, boolean repeated) implements Result {}

        /// Nothing changed.
        record NotBegun(Began why) implements Result {}

        /// Nothing changed: the mint, the vault or the invoice does not allow it now.
        record NotPossible(Failure failure, String reason) implements Result {}
    }

    /// Withdraws as ecash.
    ///
    /// @param units in which it may be, the first one that the vault has coins of
    Result ecash(Ask ask, Msat amount, List<CurrencyUnit> units, boolean tokenB) {
        return inUnits(
                units,
                unit -> {
                    Optional<KeysetId> target = mint.target(unit);
                    return target.isEmpty()
                            ? unavailable()
                            : begin(swap(ask, amount, unit, target.get(), tokenB));
                });
    }

    /// Tries one unit after the other. When there is too little of each, coins of the others are
    /// exchanged for the first.
    private Result inUnits(List<CurrencyUnit> units, Function<CurrencyUnit, Try> begin) {
        Try first = begin.apply(units.getFirst());
        Try last = first;
        boolean busy = last.isBusy();
        for (CurrencyUnit unit : units.subList(1, units.size())) {
            if (!last.lacksCoins()) {
                return last.result;
            }
            last = begin.apply(unit);
            busy = busy || last.isBusy();
        }
        if (!last.lacksCoins()) {
            return last.result;
        }
        if (busy) {
            units.forEach(aid::busy);
            return new Result.NotBegun(new Began.VaultBusy());
        }
        return switch (aid.fill(units.getFirst(), first.needSteps)) {
            case DONE -> begin.apply(units.getFirst()).result;
            case BUSY -> new Result.NotBegun(new Began.VaultBusy());
            case SHORT, UNAVAILABLE -> new Result.NotBegun(new Began.VaultShort());
        };
    }

    /// How beginning in one unit went.
    ///
    /// @param needSteps what the coins have to be worth
    private record Try(Result result, long needSteps) {

        private boolean isBusy() {
            return result instanceof Result.NotBegun(Began.VaultBusy());
        }

        private boolean lacksCoins() {
            return isBusy() || result instanceof Result.NotBegun(Began.VaultShort());
        }
    }

    private PayoutRequest swap(
            Ask ask, Msat amount, CurrencyUnit unit, KeysetId target, boolean tokenB) {
        long steps = unit.floorSteps(amount);
        return new PayoutRequest(
                ask.accountId,
                ask.automatic,
                ask.key,
                ask.sha256,
                amount,
                Msat.ZERO,
                unit,
                tokenB,
                "",
                Optional.empty(),
                steps,
                mint::feePpk,
                Amounts.split(steps).size(),
                coins -> mint.swap(coins, steps, unit, target));
    }

    /// Pays an invoice.
    ///
    /// @param amount of the invoice, or chosen when that names none
    /// @param address the Lightning address it is of; empty for none
    Result lightning(Ask ask, Invoice invoice, Msat amount, Msat reserve, String address) {
        Instant soon = clock.instant().plus(EXPIRY_LEFT_MIN);
        if (!invoice.amount().orElse(amount).equals(amount) || invoice.expiresAt().isBefore(soon)) {
            return new Result.NotPossible(
                    Failure.BAD_INVOICE, "the invoice is over another amount, or ends too soon");
        }
        ToSend send = new ToSend(invoice, amount, reserve, address);
        List<CurrencyUnit> units =
                amount.subSat().equals(Msat.ZERO) ? UNITS_TO_PAY : List.of(CurrencyUnit.MSAT);
        return inUnits(units, unit -> lightning(ask, send, unit));
    }

    /// What a payment is of.
    private record ToSend(Invoice invoice, Msat amount, Msat reserve, String address) {

        private Optional<Msat> chosen() {
            return invoice.amount().isPresent() ? Optional.empty() : Optional.of(amount);
        }
    }

    private Try lightning(Ask ask, ToSend send, CurrencyUnit unit) {
        Optional<KeysetId> target = mint.target(unit);
        if (target.isEmpty()) {
            return unavailable();
        }
        return switch (mint.quote(send.invoice.text(), unit, send.chosen())) {
            case MeltOffer.Unavailable(String reason) -> notPossible(Failure.OUR_LIQUIDITY, reason);
            case MeltOffer.Refused(int code) ->
                    notPossible(MintDesk.failure(code), "the mint does not pay it, code " + code);
            case MeltOffer.Offered offer when offer.amount() != unit.floorSteps(send.amount) ->
                    notPossible(Failure.TEMPORARY, "the mint wants another amount");
            case MeltOffer.Offered offer
                    when unit.toMsat(offer.feeReserve()).compareTo(send.reserve) > 0 ->
                    notPossible(Failure.NO_ROUTE, "the way costs too much");
            case MeltOffer.Offered offer -> begin(melt(ask, send, unit, offer, target.get()));
        };
    }

    private static Try notPossible(Failure failure, String reason) {
        return new Try(new Result.NotPossible(failure, reason), 0);
    }

    private PayoutRequest melt(
            Ask ask, ToSend send, CurrencyUnit unit, MeltOffer.Offered offer, KeysetId target) {
        Invoice invoice = send.invoice;
        Optional<Instant> ends =
                offer.expiryEpochSeconds().stream().mapToObj(Instant::ofEpochSecond).findFirst();
        return new PayoutRequest(
                ask.accountId,
                ask.automatic,
                ask.key,
                ask.sha256,
                send.amount,
                send.reserve,
                unit,
                false,
                send.address,
                Optional.of(
                        new PayoutRequest.ToPay(invoice.text(), invoice.paymentHash().hex(), ends)),
                Math.addExact(offer.amount(), offer.feeReserve()),
                mint::feePpk,
                0,
                coins -> mint.melt(coins, offer.quoteId(), offer.amount(), unit, target));
    }

    private static Try unavailable() {
        return notPossible(Failure.OUR_LIQUIDITY, "the mint does not tell its keys");
    }

    private Try begin(PayoutRequest request) {
        return new Try(result(book.begin(request)), request.needSteps());
    }

    private Result result(Began began) {
        return switch (began) {
            case Began.Opened(Payout payout) -> new Result.Begun(runner.start(payout), false);
            case Began.Repeated(Payout payout) -> new Result.Begun(payout, true);
            default -> new Result.NotBegun(began);
        };
    }
}
