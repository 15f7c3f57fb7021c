package me.owlrun.gateway.topup;

import me.owlrun.config.Setting;

import java.time.Duration;
import java.util.List;

/// The settings of top-ups.
public final class TopupSettings {

    static final Setting<Long> MAX =
            Setting.number(
                    "topup.max",
                    "the most one top-up by Lightning may bring",
                    "sat",
                    1,
                    100_000_000,
                    1_000_000);
    static final Setting<Long> UNPAID =
            Setting.number(
                    "topup.unpaid", "unpaid invoices of one account at a time", "", 1, 1_000, 5);
    static final Setting<Duration> GRACE =
            Setting.seconds(
                    "topup.grace",
                    "time after an invoice's end in which a late payment is still looked for",
                    0,
                    604_800,
                    3_600);

    /// All of them.
    public static final List<Setting<?>> TABLE = List.of(MAX, UNPAID, GRACE);

    private TopupSettings() {}
}
