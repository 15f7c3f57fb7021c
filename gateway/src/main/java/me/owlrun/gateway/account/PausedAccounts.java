package me.owlrun.gateway.account;

import java.util.Set;

/// The accounts that the operator has paused, as this gateway last saw them. Asked for every job,
/// so it never asks the database.
public final class PausedAccounts {

    private final AccountStore accounts;
    private volatile Set<Long> seen;

    PausedAccounts(AccountStore accounts) {
        this.accounts = accounts;
        this.seen = accounts.paused();
    }

    /// Whether an account is paused.
    public boolean contain(long accountId) {
        return seen.contains(accountId);
    }

    /// Looks again; how many there are.
    public int refresh() {
        Set<Long> now = accounts.paused();
        seen = now;
        return now.size();
    }
}
