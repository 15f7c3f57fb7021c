package me.owlrun.gateway.pay;

import me.owlrun.money.Msat;

/// Money that was taken for one job. Whoever holds it closes it once, whatever happens: by
/// [#settle], by [#refund], or by [#abandon] when neither can be done now.
public interface Charge {

    /// Its identifier, for the log.
    String id();

    /// What was taken: the most the job may cost.
    Msat held();

    /// Pays for a served job and gives the rest back, durably, before it returns.
    ///
    /// @throws PaymentLostException when another gateway has closed it
    Receipt settle(Service service);

    /// Gives everything back, durably, before it returns.
    ///
    /// @throws PaymentLostException when another gateway has closed it
    Receipt refund();

    /// Lets go of it; recovery refunds it.
    void abandon();
}
