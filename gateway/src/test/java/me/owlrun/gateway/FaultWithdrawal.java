package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import java.util.UUID;

/// Money taken out of an account: in the end it arrived once, or the account has it.
abstract class FaultWithdrawal implements FaultMove {

    private static final String WITHDRAW = "/v1/account/withdraw";

    final FaultPlace place;
    final FaultAccount account;
    private final String body;
    private final String name = UUID.randomUUID().toString();
    private final long beforeMsat;

    private FaultWithdrawal(FaultPlace place, FaultAccount account, ObjectNode body) {
        this.place = place;
        this.account = account;
        this.body = Json.text(body);
        this.beforeMsat = account.balanceMsat();
    }

    /// As a token, which is cashed at the mint.
    static FaultWithdrawal ecash(FaultPlace place, FaultAccount account, Msat amount) {
        return new Ecash(place, account, amount);
    }

    /// Over Lightning.
    ///
    /// @param script what the play-money node does; empty to pay
    static FaultWithdrawal lightning(
            FaultPlace place, FaultAccount account, Msat amount, String script) {
        return new Lightning(place, account, amount, script);
    }

    @Override
    public boolean ask() {
        return account.post(WITHDRAW, body, "Idempotency-Key", name)
                .filter(reply -> reply.status() == 200)
                .isPresent();
    }

    @Override
    public FaultTally.Outcome end(boolean answered) {
        long start = System.nanoTime();
        FaultAccount.Reply end =
                account.postUntil(FaultWithdrawal::isOver, WITHDRAW, body, "Idempotency-Key", name);
        long tookMsat = beforeMsat - account.balanceMsat();
        long arrivedMsat = arrivedMsat(end);
        FaultTally.Way way = arrivedMsat == 0 ? FaultTally.Way.REFUNDED : FaultMove.done(answered);
        return new FaultTally.Outcome(
                way, answered ? 0 : System.nanoTime() - start, tookMsat - arrivedMsat);
    }

    /// Paid, or failed for good.
    private static boolean isOver(FaultAccount.Reply reply) {
        return reply.status() == 200
                || reply.body().at("/error/code").asText().equals("payout_failed");
    }

    /// What arrived with the payee, and what the way there cost.
    abstract long arrivedMsat(FaultAccount.Reply end);

    private static final class Ecash extends FaultWithdrawal {

        private Ecash(FaultPlace place, FaultAccount account, Msat amount) {
            super(
                    place,
                    account,
                    Json.object().put("method", "ecash").put("amount_msats", amount.value()));
        }

        @Override
        long arrivedMsat(FaultAccount.Reply end) {
            return place.purse().cash(end.body().path("token").asText()).orElse(0);
        }
    }

    private static final class Lightning extends FaultWithdrawal {

        private final Invoice invoice;

        private Lightning(FaultPlace place, FaultAccount account, Msat amount, String script) {
            this(place, account, TestInvoices.of(amount, script));
        }

        private Lightning(FaultPlace place, FaultAccount account, String invoice) {
            super(place, account, Json.object().put("method", "lightning").put("invoice", invoice));
            this.invoice = InvoiceReader.read(invoice).orElseThrow();
        }

        @Override
        long arrivedMsat(FaultAccount.Reply end) {
            boolean paid = end.body().path("state").asText().equals("paid");
            assertEquals(paid ? 1 : 0, place.timesPaid(invoice.paymentHash().hex()), "payments");
            return paid
                    ? invoice.amount().orElseThrow().value() + end.body().path("fee_msats").asLong()
                    : 0;
        }
    }
}
