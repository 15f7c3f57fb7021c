package me.owlrun.gateway.payout;

import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

/// The transfers of a payout. Its end has one idempotency key whatever the end is, so that it can
/// be paid or given back, never both.
final class PayoutTransfers {

    static final String HOLD = "payout_hold";
    static final String PAID = "payout";
    static final String VOID = "payout_void";

    private PayoutTransfers() {}

    /// Holds amount and reserve.
    static Transfer hold(String id, long accountId, Msat held) {
        return Transfer.moving()
                .take(Account.sats(accountId), held)
                .give(Account.PAYOUT_HOLD, held)
                .of(HOLD, id);
    }

    /// Books what left the vault. What is neither amount nor fee is the mint's fee for our coins,
    /// and ours.
    ///
    /// @param spent what the vault has less than before
    /// @param fee what the payee pays for the way
    static Transfer paid(Payout payout, Msat spent, Msat fee) {
        return end(
                payout,
                PAID,
                Transfer.moving()
                        .take(Account.PAYOUT_HOLD, payout.held())
                        .give(Account.ECASH_TREASURY, spent)
                        .give(Account.sats(payout.accountId()), payout.reserve().minus(fee))
                        .take(Account.OPERATOR_EQUITY, spent.minus(payout.amount()).minus(fee)));
    }

    /// Gives everything held back.
    ///
    /// @param mintFee what the mint kept for taking the coins back, ours
    static Transfer notPaid(Payout payout, Msat mintFee) {
        return end(
                payout,
                VOID,
                Transfer.moving()
                        .take(Account.PAYOUT_HOLD, payout.held())
                        .give(Account.sats(payout.accountId()), payout.held())
                        .give(Account.ECASH_TREASURY, mintFee)
                        .take(Account.OPERATOR_EQUITY, mintFee));
    }

    private static Transfer end(Payout payout, String kind, Transfer.Builder moves) {
        Transfer transfer = moves.of(kind, payout.id());
        return new Transfer("payout_end:" + payout.id(), kind, payout.id(), transfer.amounts());
    }
}
