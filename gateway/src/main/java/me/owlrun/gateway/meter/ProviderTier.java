package me.owlrun.gateway.meter;

/// How much of a job the provider keeps, by its tokens of the UTC month (seed 000, "Revenue
/// split").
public enum ProviderTier {
    /// Under 1 million tokens: keeps 91 %.
    STARTER(0, 9),
    /// From 1 million: keeps 93 %.
    PRO(1_000_000, 7),
    /// From 10 million: keeps 95 %.
    ELITE(10_000_000, 5),
    /// From 100 million: keeps 96 %.
    ULTRA(100_000_000, 4);

    private final long tokensFrom;
    private final int feePercent;

    ProviderTier(long tokensFrom, int feePercent) {
        this.tokensFrom = tokensFrom;
        this.feePercent = feePercent;
    }

    /// The tier of a provider that has served so many tokens this month before the job.
    public static ProviderTier of(long monthTokens) {
        ProviderTier tier = STARTER;
        for (ProviderTier candidate : values()) {
            if (monthTokens >= candidate.tokensFrom) {
                tier = candidate;
            }
        }
        return tier;
    }

    /// The gateway's share of the price at the middle rate, in percent.
    public int feePercent() {
        return feePercent;
    }
}
