package me.owlrun.gateway.oracle;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// Knows the rate that bills are made with: the operator's, or the mean price of the day before,
/// and how much it can be trusted. Thread-safe.
public final class Oracle {

    /// What the status says when nobody but the operator vouches for the rate.
    public static final String STATUS_MANUAL = "manual";

    private static final String STATUS_NORMAL = "normal";
    private static final String STATUS_DEGRADED = "degraded";
    private static final String STATUS_STALE = "stale";

    private static final Duration NORMAL_MAX = Duration.ofSeconds(330);
    private static final Duration DEGRADED_MAX = TimeMean.STANDS_MAX;
    private static final Duration PAID_MAX = Duration.ofDays(2);

    private final BtcRate configured;
    private final boolean isLive;
    private final OnStale onStale;
    private final InstantSource clock;
    private volatile OracleView view = OracleView.NOTHING;

    /// What happens to paid jobs when no price was seen for two days.
    public enum OnStale {
        /// They are refused.
        REFUSE,
        /// They are billed at the last rate.
        SERVE
    }

    /// Names the rate that a bill is made with, so that the bill can be recomputed.
    ///
    /// @param day whose price it is; empty for the operator's fixed price
    /// @param version of that day's price; 0 for the operator's
    public record RateId(Optional<LocalDate> day, int version) {

        /// The operator's fixed price.
        static final RateId MANUAL = new RateId(Optional.empty(), 0);

        private static final String MANUAL_TEXT = "manual";

        /// As it is stored and shown: `2026-11-20/1` or `manual`.
        @Override
        public String toString() {
            return day.map(date -> date + "/" + version).orElse(MANUAL_TEXT);
        }
    }

    /// A rate for bills and its name.
    public record Billing(BtcRate rate, RateId id) {}

    /// An oracle whose rate the operator has set.
    public Oracle(BtcRate fixed) {
        this(fixed, false, OnStale.SERVE, InstantSource.system());
    }

    private Oracle(BtcRate configured, boolean isLive, OnStale onStale, InstantSource clock) {
        this.configured = configured;
        this.isLive = isLive;
        this.onStale = onStale;
        this.clock = clock;
    }

    /// An oracle that somebody keeps up to date.
    ///
    /// @param configured the rate of bills until the first price
    static Oracle live(BtcRate configured, OnStale onStale, InstantSource clock) {
        return new Oracle(configured, true, onStale, clock);
    }

    void update(OracleView now) {
        view = now;
    }

    /// Bills at once with a price that was put right, if it is of the day that bills are made with.
    void corrected(Fix right) {
        OracleView before = view;
        if (before.fix().filter(fix -> fix.day().equals(right.day())).isPresent()) {
            view = before.with(right);
        }
    }

    /// The rate of bills made now, and its name.
    public Billing billing() {
        return view.fix()
                .map(fix -> new Billing(fix.rate(), fix.id()))
                .orElseGet(() -> new Billing(configured, RateId.MANUAL));
    }

    /// The rate of bills made now.
    public BtcRate billingRate() {
        return billing().rate();
    }

    /// The name of the rate of bills made now.
    public RateId rateId() {
        return billing().id();
    }

    /// The price of yesterday, with which bills are made.
    public BtcRate yesterdayFix() {
        return billingRate();
    }

    /// The last price.
    public BtcRate live() {
        return view.price().map(last -> new BtcRate(last.usdCents())).orElseGet(this::billingRate);
    }

    /// The mean of the last 24 hours.
    public BtcRate dailyAverage() {
        return view.dailyAverage().orElseGet(this::live);
    }

    /// The mean of the last seven days' fixes.
    public BtcRate weeklyAverage() {
        return view.weeklyAverage().orElseGet(this::billingRate);
    }

    /// How much the rate can be trusted: `normal`, `degraded`, `stale` or `manual`.
    public String status() {
        if (!isLive) {
            return STATUS_MANUAL;
        }
        OracleView now = view;
        Optional<Duration> age = now.age(clock.instant());
        boolean isCarried = now.fix().filter(fix -> fix.kind() == Fix.Kind.CARRIED).isPresent();
        if (isCarried || age.isEmpty() || age.get().compareTo(DEGRADED_MAX) > 0) {
            return STATUS_STALE;
        }
        return age.get().compareTo(NORMAL_MAX) > 0 ? STATUS_DEGRADED : STATUS_NORMAL;
    }

    /// Whether jobs for money are refused, as nobody has known the price for two days.
    public boolean refusesPaidJobs() {
        if (!isLive || onStale == OnStale.SERVE) {
            return false;
        }
        OracleView now = view;
        boolean isKnown =
                now.age(clock.instant()).filter(age -> age.compareTo(PAID_MAX) <= 0).isPresent();
        return now.fix().isEmpty() || !isKnown;
    }

    Optional<Fix> fix() {
        return view.fix();
    }

    List<Quote> sources() {
        return view.sources();
    }

    Instant now() {
        return clock.instant();
    }
}
