package me.owlrun.gateway.payout;

import java.util.Locale;

/// Why a payout did not happen.
enum Failure {
    /// Somebody was not reached or could not at the moment.
    TEMPORARY,
    /// The Lightning address is at fault; its owner has to change it.
    ADDRESS,
    /// The address gives invoices that must not be paid.
    BAD_INVOICE,
    /// The amount is below what the address takes.
    BELOW_MIN,
    /// There is no way to the payee for the fee we would pay.
    NO_ROUTE,
    /// Our mint or our vault cannot pay at the moment; the payee is not to blame.
    OUR_LIQUIDITY;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Failure ofText(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
