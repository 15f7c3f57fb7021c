package me.owlrun.gateway;

/// Money on its way into an account or out of it.
interface FaultMove {

    /// Asks for it once; the answer may never come.
    ///
    /// @return whether it came, and said that all is done
    boolean ask();

    /// Asks until the end is known, as somebody does who got no answer.
    ///
    /// @param answered what [#ask] gave
    FaultTally.Outcome end(boolean answered);

    /// The way of something that went well, at once or in the end.
    static FaultTally.Way done(boolean answered) {
        return answered ? FaultTally.Way.ANSWERED : FaultTally.Way.RECOVERED;
    }
}
