package me.owlrun.mint.ldk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;

/// Real payments between two real nodes, below any REST.
final class LdkPairTest {

    private final LdkPair pair = LdkPair.shared();

    @Test
    void pay_invoiceOfTheWorld_givesThePreimage() {
        String request = pair.worldInvoice(Msat.ofSat(1000), "coffee", Reception.CLAIM);
        PaymentHash hash = InvoiceReader.read(request).orElseThrow().paymentHash();
        assertTrue(
                pair.ours().pay(LdkResults.parsed(request).orElseThrow(), 1_000_000, 0).isEmpty());
        SentPayment end =
                pair.ours().payments().awaitEnd(hash, Duration.ofSeconds(10)).orElseThrow();
        assertEquals(SentPayment.Status.SUCCEEDED, end.status());
        assertEquals(hash, PaymentHash.ofPreimage(HexFormat.of().parseHex(end.preimageHex())));
    }

    @Test
    void close_whileAPaymentHangs_endsAllThreads() {
        Set<Thread> before = threads();
        try (LdkPair own = LdkPair.start()) {
            String request = own.farInvoice(Msat.ofSat(1000), "never claimed", Reception.HOLD);
            assertTrue(
                    own.ours()
                            .pay(LdkResults.parsed(request).orElseThrow(), 1_000_000, 5000)
                            .isEmpty());
            own.awaitHeld(InvoiceReader.read(request).orElseThrow().paymentHash());
        }
        Set<Thread> left = threads();
        left.removeAll(before);
        assertEquals(Set.of(), left);
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("ldk-")
                                || thread.getName().startsWith("NioPeerHandler"))
                .collect(Collectors.toCollection(HashSet::new));
    }
}
