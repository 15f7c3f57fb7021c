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
    private final InstantSource clock;

    Withdrawals(PayoutBook book, PayoutRunner runner, MintDesk mint, InstantSource clock) {
        this.book = book;
        this.runner = runner;
        this.mint = mint;
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
        Result last = new Result.NotBegun(new Began.VaultShort());
        for (CurrencyUnit unit : units) {
            Optional<KeysetId> target = mint.target(unit);
            if (target.isEmpty()) {
                last = unavailable();
                continue;
            }
            last = result(book.begin(swap(ask, amount, unit, target.get(), tokenB)));
            if (!(last instanceof Result.NotBegun(Began.VaultShort()))) {
                return last;
            }
        }
        return last;
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
    /// @param address the Lightning address it is of; empty for none
    Result lightning(Ask ask, Invoice invoice, Msat reserve, String address) {
        Instant soon = clock.instant().plus(EXPIRY_LEFT_MIN);
        if (invoice.amount().isEmpty() || invoice.expiresAt().isBefore(soon)) {
            return new Result.NotPossible(
                    Failure.BAD_INVOICE, "the invoice names no amount, or ends too soon");
        }
        Result last = new Result.NotBegun(new Began.VaultShort());
        for (CurrencyUnit unit : UNITS_TO_PAY) {
            last = lightning(ask, invoice, reserve, address, unit);
            if (!(last instanceof Result.NotBegun(Began.VaultShort()))) {
                return last;
            }
        }
        return last;
    }

    private Result lightning(
            Ask ask, Invoice invoice, Msat reserve, String address, CurrencyUnit unit) {
        Msat amount = invoice.amount().orElseThrow();
        Optional<KeysetId> target = mint.target(unit);
        if (target.isEmpty() || unit.floorSteps(amount) != unit.ceilSteps(amount)) {
            return unavailable();
        }
        return switch (mint.quote(invoice.text(), unit)) {
            case MeltOffer.Unavailable(String reason) ->
                    new Result.NotPossible(Failure.OUR_LIQUIDITY, reason);
            case MeltOffer.Refused(int code) ->
                    new Result.NotPossible(
                            MintDesk.failure(code), "the mint does not pay it, code " + code);
            case MeltOffer.Offered offer when offer.amount() != unit.floorSteps(amount) ->
                    new Result.NotPossible(Failure.TEMPORARY, "the mint wants another amount");
            case MeltOffer.Offered offer
                    when unit.toMsat(offer.feeReserve()).compareTo(reserve) > 0 ->
                    new Result.NotPossible(Failure.NO_ROUTE, "the way costs too much");
            case MeltOffer.Offered offer ->
                    result(
                            book.begin(
                                    melt(
                                            ask,
                                            invoice,
                                            reserve,
                                            address,
                                            unit,
                                            offer,
                                            target.get())));
        };
    }

    private PayoutRequest melt(
            Ask ask,
            Invoice invoice,
            Msat reserve,
            String address,
            CurrencyUnit unit,
            MeltOffer.Offered offer,
            KeysetId target) {
        Optional<Instant> ends =
                offer.expiryEpochSeconds().stream().mapToObj(Instant::ofEpochSecond).findFirst();
        return new PayoutRequest(
                ask.accountId,
                ask.automatic,
                ask.key,
                ask.sha256,
                invoice.amount().orElseThrow(),
                reserve,
                unit,
                false,
                address,
                Optional.of(
                        new PayoutRequest.ToPay(invoice.text(), invoice.paymentHash().hex(), ends)),
                Math.addExact(offer.amount(), offer.feeReserve()),
                mint::feePpk,
                0,
                coins -> mint.melt(coins, offer.quoteId(), offer.amount(), unit, target));
    }

    private static Result unavailable() {
        return new Result.NotPossible(Failure.OUR_LIQUIDITY, "the mint does not tell its keys");
    }

    private Result result(Began began) {
        return switch (began) {
            case Began.Opened(Payout payout) -> new Result.Begun(runner.start(payout), false);
            case Began.Repeated(Payout payout) -> new Result.Begun(payout, true);
            default -> new Result.NotBegun(began);
        };
    }
}
