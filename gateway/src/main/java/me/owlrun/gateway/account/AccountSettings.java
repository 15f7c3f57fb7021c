package me.owlrun.gateway.account;

import me.owlrun.config.Setting;

import java.util.List;

/// The settings of accounts.
public final class AccountSettings {

    static final Setting<Long> SIGNUPS =
            Setting.number(
                    "signup.per_hour",
                    "accounts that one address may open in an hour",
                    "",
                    0,
                    1_000_000,
                    10);
    static final Setting<Long> CREDIT =
            Setting.number(
                    "signup.credit",
                    "credit of a new account; it can be spent and never taken out",
                    "sat",
                    0,
                    1_000_000,
                    0);
    static final Setting<Long> KEYS =
            Setting.number("account.keys", "keys of one account", "", 1, 10_000, 100);

    /// All of them.
    public static final List<Setting<?>> TABLE = List.of(SIGNUPS, CREDIT, KEYS);

    private AccountSettings() {}
}
