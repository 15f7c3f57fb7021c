package me.owlrun.gateway;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.Optional;
import java.util.UUID;

/// Money paid into an account: in the end the account has it once.
abstract class FaultTopup implements FaultMove {

    private static final String TOPUP = "/v1/account/topup";

    final FaultAccount account;
    private final long worthMsat;
    private final long beforeMsat;

    private FaultTopup(FaultAccount account, long worthMsat) {
        this.account = account;
        this.worthMsat = worthMsat;
        this.beforeMsat = account.balanceMsat();
    }

    /// By a token.
    static FaultTopup ecash(FaultPlace place, FaultAccount account, CurrencyUnit unit) {
        return new Ecash(account, place.purse(), unit);
    }

    /// By an invoice, which the play-money node of the mint pays.
    static FaultTopup lightning(FaultAccount account, long sats) {
        return new Lightning(account, sats);
    }

    private static boolean isCredited(JsonNode body) {
        return body.path("state").asText().equals("credited");
    }

    FaultTally.Outcome outcome(boolean answered, long startNanos) {
        long got = account.balanceMsat() - beforeMsat;
        return new FaultTally.Outcome(
                FaultMove.done(answered),
                answered ? 0 : System.nanoTime() - startNanos,
                worthMsat - got);
    }

    private static final class Ecash extends FaultTopup {

        private final String token;

        private Ecash(FaultAccount account, FaultPurse purse, CurrencyUnit unit) {
            super(account, FaultPurse.worth(unit));
            token = purse.take(unit);
            purse.spend(unit);
        }

        @Override
        public boolean ask() {
            return account.post(TOPUP, "", "X-Cashu", token)
                    .filter(reply -> isCredited(reply.body()))
                    .isPresent();
        }

        @Override
        public FaultTally.Outcome end(boolean answered) {
            long start = System.nanoTime();
            var _ =
                    account.postUntil(
                            reply -> isCredited(reply.body()), TOPUP, "", "X-Cashu", token);
            return outcome(answered, start);
        }
    }

    private static final class Lightning extends FaultTopup {

        private final String name = UUID.randomUUID().toString();
        private final String body;

        private Lightning(FaultAccount account, long sats) {
            super(account, Msat.ofSat(sats).value());
            body = Json.text(Json.object().put("method", "lightning").put("amount_sats", sats));
        }

        /// An invoice is no money yet.
        @Override
        public boolean ask() {
            Optional<FaultAccount.Reply> reply = account.post(TOPUP, body, "Idempotency-Key", name);
            return reply.filter(answer -> isCredited(answer.body())).isPresent();
        }

        @Override
        public FaultTally.Outcome end(boolean answered) {
            long start = System.nanoTime();
            FaultAccount.Reply begun =
                    account.postUntil(
                            reply -> reply.status() == 200, TOPUP, body, "Idempotency-Key", name);
            var _ =
                    account.getUntil(
                            reply -> isCredited(reply.body()),
                            TOPUP + "/" + begun.body().path("id").asText());
            return outcome(answered, start);
        }
    }
}
