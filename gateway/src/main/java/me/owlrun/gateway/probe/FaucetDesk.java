package me.owlrun.gateway.probe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.admin.AdminCall;
import me.owlrun.gateway.admin.RefusedException;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerException;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.List;
import java.util.regex.Pattern;

/// What the operator does about the faucet.
record FaucetDesk(FaucetStore faucet, HouseStore jobs, HouseRules rules) {

    private static final System.Logger LOG = System.getLogger(FaucetDesk.class.getName());
    private static final long SATS_MAX = 100_000_000_000L;
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    List<AdminCall> calls() {
        return List.of(
                AdminCall.get("/faucet", this::look), AdminCall.post("/faucet/fund", this::fund));
    }

    private ObjectNode look() {
        ObjectNode json = Json.object();
        json.put("balance_msats", faucet.balance(Account.FAUCET).value());
        json.put("held_msats", faucet.balance(Account.FAUCET_HOLD).value());
        json.put("fees_msats", faucet.balance(Account.FEE).value());
        json.put("spent_today_msats", jobs.spentToday().value());
        json.put("day_max_msats", rules.dayMax().value());
        json.put("provider_day_max_msats", rules.providerDayMax().value());
        return json;
    }

    private ObjectNode fund(ObjectNode request) {
        long sats = request.path("sats").asLong(0);
        String reference = request.path("reference").asText("");
        if (sats == 0 || Math.abs(sats) > SATS_MAX || !request.path("sats").isIntegralNumber()) {
            throw RefusedException.wrong(
                    "sats", "'sats' is what moves from the fees to the faucet; below 0, back.");
        }
        if (!REFERENCE.matcher(reference).matches()) {
            throw RefusedException.wrong(
                    "reference",
                    "'reference' names this once and for all, with 1 to 64 letters, digits or"
                            + " ._-; the same again changes nothing.");
        }
        try {
            faucet.fund(Msat.ofSat(sats), reference);
        } catch (LedgerException e) {
            throw RefusedException.wrong(
                    "sats", "There is less than that, or the reference was used for another sum.");
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the operator moved {0} sat into the faucet ({1})",
                Long.toString(sats),
                reference);
        return look();
    }
}
