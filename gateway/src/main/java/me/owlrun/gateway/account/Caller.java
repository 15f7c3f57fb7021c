package me.owlrun.gateway.account;

import java.util.UUID;

/// Who asks: an account, by one of its keys.
///
/// @param accountId the row in `user_account`
/// @param keyId the key's public name
/// @param spendOnly whether the key pays for jobs and does nothing else
/// @param paused whether the operator has stopped the account
public record Caller(long accountId, UUID keyId, boolean spendOnly, boolean paused) {

    /// How the account is named outside.
    public String account() {
        return accountName(accountId);
    }

    static String accountName(long accountId) {
        return "acc_" + accountId;
    }
}
