package me.owlrun.gateway.payout;

import me.owlrun.config.Setting;
import me.owlrun.config.Settings;
import me.owlrun.money.Msat;

import java.time.Duration;

/// The settings of payouts.
public final class PayoutSettings {

    /// How often accounts are paid.
    public static final Setting<Duration> EVERY =
            Setting.milliseconds(
                    "payout.every",
                    "how often accounts with a Lightning address and enough balance are paid",
                    100,
                    3_600_000,
                    60_000);

    /// The first payout of an account.
    public static final Setting<Long> FIRST_MIN =
            Setting.number(
                    "payout.first_min",
                    "balance of an account's first payout, so that it covers what opening a channel"
                            + " costs its wallet",
                    "sat",
                    1,
                    1_000_000,
                    2_400);

    /// The pause after a change of address.
    public static final Setting<Duration> COOL_OFF =
            Setting.seconds(
                    "payout.cool_off",
                    "after a change of address nothing is paid to the new one for this long",
                    0,
                    604_800,
                    3_600);

    /// The most for one account.
    public static final Setting<Long> ACCOUNT_DAY_MAX =
            Setting.number(
                    "payout.account_day_max",
                    "the most one account is paid over Lightning in 24 hours",
                    "sat",
                    100,
                    100_000_000,
                    1_000_000);

    /// The most for all accounts.
    public static final Setting<Long> HOUR_MAX =
            Setting.number(
                    "payout.hour_max",
                    "the most all accounts together are paid over Lightning in an hour",
                    "sat",
                    100,
                    1_000_000_000,
                    5_000_000);

    /// The most that is under way.
    public static final Setting<Long> OPEN_MAX =
            Setting.number(
                    "payout.open_max",
                    "the most that is under way over Lightning at once",
                    "sat",
                    100,
                    1_000_000_000,
                    2_000_000);

    /// When to stop.
    public static final Setting<Long> UNKNOWN_MAX =
            Setting.number(
                    "payout.unknown_max",
                    "payouts open for more than 15 minutes before no new ones are sent",
                    "",
                    0,
                    1_000_000,
                    10);

    private PayoutSettings() {}

    /// The rules that settings make.
    ///
    /// @param proofRequired whether a payment counts only with the preimage of its invoice
    public static PayoutRules rules(Settings settings, boolean proofRequired) {
        return new PayoutRules(
                settings.get(EVERY),
                Msat.ofSat(settings.get(FIRST_MIN)),
                settings.get(COOL_OFF),
                Msat.ofSat(settings.get(ACCOUNT_DAY_MAX)),
                Msat.ofSat(settings.get(HOUR_MAX)),
                Msat.ofSat(settings.get(OPEN_MAX)),
                settings.get(UNKNOWN_MAX),
                proofRequired);
    }
}
