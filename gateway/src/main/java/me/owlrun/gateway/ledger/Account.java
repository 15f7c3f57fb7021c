package me.owlrun.gateway.ledger;

import java.util.Locale;

/// One account of the ledger. What we owe or own as equity counts positive, what we hold counts
/// negative, so that every transfer adds up to zero.
///
/// @param kind what it is for
/// @param owner whose it is; empty when there is only one
public record Account(Kind kind, String owner) implements Comparable<Account> {

    /// What an account counts. Credit can never become sats: a transfer adds up to zero in each.
    public enum Unit {
        /// Millisats that somebody paid in or earned, backed by ecash.
        SATS,
        /// Millisats of credit: given away by the operator, good for jobs only.
        CREDIT
    }

    /// The kinds of accounts; those that count credit have names that begin with `credit`.
    public enum Kind {
        /// Ecash in the vault, an asset: its balance is what we hold with the sign turned.
        ECASH_TREASURY(Unit.SATS, false),
        /// Claimed and not yet settled or refunded; zero once all jobs are closed.
        JOB_ESCROW(Unit.SATS, true),
        /// The withdrawable pot of one account: what it earned or paid in.
        SATS(Unit.SATS, true),
        /// The spend-only pot of one account.
        CREDIT(Unit.CREDIT, true),
        /// The gateway's share of jobs.
        FEE(Unit.SATS, true),
        /// The margin for the exchange rate.
        FX(Unit.SATS, true),
        /// Held for payouts under way; zero when none is.
        PAYOUT_HOLD(Unit.SATS, true),
        /// Change on its way into blank outputs of buyers; zero when none is.
        CHANGE_DUE(Unit.SATS, true),
        /// What the operator put in, less what running costs.
        OPERATOR_EQUITY(Unit.SATS, false),
        /// What the operator set aside to pay nodes for jobs of the house.
        FAUCET(Unit.SATS, true),
        /// Held for jobs of the house under way; zero when none is.
        FAUCET_HOLD(Unit.SATS, true),
        /// Credit of jobs under way.
        CREDIT_ESCROW(Unit.CREDIT, true),
        /// The gateway's share of jobs, as far as they were paid in credit.
        CREDIT_FEE(Unit.CREDIT, true),
        /// The margin for the exchange rate, as far as jobs were paid in credit.
        CREDIT_FX(Unit.CREDIT, true),
        /// Credit given away: minus all that is out there.
        CREDIT_GRANT(Unit.CREDIT, false),
        /// What bounties may cost, fed by the gateway's share.
        BOUNTY_POOL(Unit.SATS, true),
        /// Bounties that wait to be paid.
        BOUNTY_ESCROW(Unit.SATS, true),
        /// The pool of credit.
        CREDIT_BOUNTY_POOL(Unit.CREDIT, true),
        /// Bounties in credit that wait to be paid.
        CREDIT_BOUNTY_ESCROW(Unit.CREDIT, true);

        private final Unit unit;
        private final boolean floored;

        Kind(Unit unit, boolean floored) {
            this.unit = unit;
            this.floored = floored;
        }

        /// What its accounts count.
        public Unit unit() {
            return unit;
        }

        /// Whether the balance may never go below zero.
        boolean floored() {
            return floored;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The ecash in the vault.
    public static final Account ECASH_TREASURY = new Account(Kind.ECASH_TREASURY, "");

    /// Claimed money of jobs under way.
    public static final Account JOB_ESCROW = new Account(Kind.JOB_ESCROW, "");

    /// The gateway's share.
    public static final Account FEE = new Account(Kind.FEE, "");

    /// The exchange margin.
    public static final Account FX = new Account(Kind.FX, "");

    /// Held for payouts under way.
    public static final Account PAYOUT_HOLD = new Account(Kind.PAYOUT_HOLD, "");

    /// Change on its way into blank outputs of buyers.
    public static final Account CHANGE_DUE = new Account(Kind.CHANGE_DUE, "");

    /// The operator's own money.
    public static final Account OPERATOR_EQUITY = new Account(Kind.OPERATOR_EQUITY, "");

    /// What pays for jobs of the house.
    public static final Account FAUCET = new Account(Kind.FAUCET, "");

    /// What jobs of the house under way may cost.
    public static final Account FAUCET_HOLD = new Account(Kind.FAUCET_HOLD, "");

    /// Credit of jobs under way.
    public static final Account CREDIT_ESCROW = new Account(Kind.CREDIT_ESCROW, "");

    /// The gateway's share of jobs paid in credit.
    public static final Account CREDIT_FEE = new Account(Kind.CREDIT_FEE, "");

    /// The exchange margin of jobs paid in credit.
    public static final Account CREDIT_FX = new Account(Kind.CREDIT_FX, "");

    /// Where credit comes from.
    public static final Account CREDIT_GRANT = new Account(Kind.CREDIT_GRANT, "");

    /// What bounties may cost.
    public static final Account BOUNTY_POOL = new Account(Kind.BOUNTY_POOL, "");

    /// Bounties that wait to be paid.
    public static final Account BOUNTY_ESCROW = new Account(Kind.BOUNTY_ESCROW, "");

    /// What bounties in credit may cost.
    public static final Account CREDIT_BOUNTY_POOL = new Account(Kind.CREDIT_BOUNTY_POOL, "");

    /// Bounties in credit that wait to be paid.
    public static final Account CREDIT_BOUNTY_ESCROW = new Account(Kind.CREDIT_BOUNTY_ESCROW, "");

    /// The withdrawable pot of a user's account.
    ///
    /// @param accountId the row in `user_account`
    public static Account sats(long accountId) {
        return new Account(Kind.SATS, Long.toString(accountId));
    }

    /// The spend-only pot of a user's account.
    ///
    /// @param accountId the row in `user_account`
    public static Account credit(long accountId) {
        return new Account(Kind.CREDIT, Long.toString(accountId));
    }

    /// The order in which accounts are locked, the same in every transaction.
    @Override
    public int compareTo(Account other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : owner.compareTo(other.owner);
    }

    @Override
    public String toString() {
        return owner.isEmpty() ? kind.text() : kind.text() + "/" + owner;
    }
}
