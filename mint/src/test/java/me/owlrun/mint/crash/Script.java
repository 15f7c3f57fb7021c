package me.owlrun.mint.crash;

import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import java.time.Clock;
import java.time.Duration;

/// What the play-money backend does with a payment, and how it must end whatever dies in between.
enum Script {
    /// It is paid at once.
    PAID("PAID", ""),
    /// It is on its way for a while, then paid.
    SLOW(
            "PAID",
            "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"PAID\","
                    + "\"settle_delay_ms\":2000}"),
    /// The answer to paying is lost, and it is paid.
    LOST("PAID", "{\"pay_invoice_state\":\"UNKNOWN\",\"check_payment_state\":\"PAID\"}"),
    /// It fails at once.
    FAILED("UNPAID", "{\"pay_invoice_state\":\"FAILED\"}"),
    /// The node refuses to pay and then knows nothing of it.
    REFUSED("UNPAID", "{\"pay_invoice_state\":\"UNPAID\"}"),
    /// It is on its way for a while, then fails.
    SLOW_FAILED(
            "UNPAID",
            "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"FAILED\","
                    + "\"settle_delay_ms\":2000}"),
    /// It is on its way for ever.
    STUCK("PENDING", "{\"pay_invoice_state\":\"PENDING\"}"),
    /// Nobody ever knows.
    DARK("PENDING", "{\"pay_invoice_state\":\"UNKNOWN\"}");

    private final String end;
    private final String description;

    Script(String end, String description) {
        this.end = end;
        this.description = description;
    }

    /// The state of the quote at rest.
    String end() {
        return end;
    }

    /// An invoice of a stranger that makes the backend behave so. It stays payable for as long as a
    /// test's fast clock runs, so that nothing is given up because of its age.
    String invoice(Msat amount) {
        return TestInvoices.of(
                amount, description, Clock.systemUTC().instant(), Duration.ofDays(300));
    }
}
