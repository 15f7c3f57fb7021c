package me.owlrun.gateway.oracle;

/// Knows the rate that bills are made with. This one was set by the operator and stays as it is;
/// its status is `manual`.
///
/// @param fixed the rate
public record Oracle(BtcRate fixed) {

    /// What the status says: nobody but the operator vouches for the rate.
    public static final String STATUS_MANUAL = "manual";

    /// The rate of bills made now.
    public BtcRate billingRate() {
        return fixed;
    }

    /// How much the rate can be trusted.
    public String status() {
        return STATUS_MANUAL;
    }
}
