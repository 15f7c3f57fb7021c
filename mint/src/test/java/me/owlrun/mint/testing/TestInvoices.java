package me.owlrun.mint.testing;

import me.owlrun.bolt11.InvoiceWriter;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.Scalar;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/// Makes invoices of strangers, whose description may script the play-money backend that pays them.
public final class TestInvoices {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant MADE = Instant.parse("2026-11-21T00:00:00Z");
    private static final Duration LONG = Duration.ofDays(3_650);

    private TestInvoices() {}

    /// A fresh invoice that does not expire while tests run.
    public static String of(Msat amount, String description) {
        return of(amount, description, LONG);
    }

    /// A fresh invoice, made at the first moment of 2026-11-21.
    public static String of(Msat amount, String description, Duration expiry) {
        return of(amount, description, MADE, expiry);
    }

    /// A fresh invoice of Bitcoin's test network.
    public static String ofTestNetwork(Msat amount) {
        return of("tb", amount, "", MADE, LONG);
    }

    /// A fresh invoice that can be paid for so long.
    public static String of(Msat amount, String description, Instant made, Duration expiry) {
        return of("bc", amount, description, made, expiry);
    }

    private static String of(
            String network, Msat amount, String description, Instant made, Duration expiry) {
        byte[] preimage = new byte[32];
        RANDOM.nextBytes(preimage);
        return InvoiceWriter.write(
                new InvoiceWriter.Draft(
                        network,
                        amount,
                        PaymentHash.ofPreimage(preimage),
                        HexFormat.of().formatHex(preimage),
                        description,
                        made,
                        expiry),
                Scalar.random(RANDOM));
    }
}
