package me.owlrun.gateway.topup;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Money on its way into an account.
///
/// @param id its public name
/// @param unit of the ecash it becomes
/// @param amount what the account gets
/// @param fee what the mint keeps of a token
/// @param lightning the invoice; empty for a token
/// @param operationId the last operation at the mint
/// @param ownerBoot which start of which gateway looks after it
record Topup(
        String id,
        long accountId,
        State state,
        CurrencyUnit unit,
        Msat amount,
        Msat fee,
        Optional<Lightning> lightning,
        Optional<UUID> operationId,
        String ownerBoot,
        Instant createdAt) {

    /// How far it came.
    enum State {
        /// The invoice waits to be paid.
        UNPAID,
        /// The mint is asked, or will be asked again, for our ecash.
        RUNNING,
        /// The account has it.
        CREDITED,
        /// The invoice was not paid in time.
        EXPIRED,
        /// Nothing was taken.
        REFUSED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /// An invoice of the mint.
    ///
    /// @param quoteId the mint's name for it; who knows it could take the ecash, so it stays here
    record Lightning(String quoteId, String invoice, Optional<Instant> expiresAt) {

        @Override
        public String toString() {
            return "Lightning[REDACTED]";
        }
    }

    Topup ownedBy(String bootId) {
        return new Topup(
                id, accountId, state, unit, amount, fee, lightning, operationId, bootId, createdAt);
    }

    Topup running(UUID operation) {
        return new Topup(
                id,
                accountId,
                State.RUNNING,
                unit,
                amount,
                fee,
                lightning,
                Optional.of(operation),
                ownerBoot,
                createdAt);
    }

    /// How its owner sees it.
    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("object", "account.topup");
        json.put("id", id);
        json.put("method", lightning.isPresent() ? "lightning" : "ecash");
        json.put("state", state == State.RUNNING ? "pending" : state.text());
        json.put("amount_sats", amount.floorSat());
        json.put("amount_msats", amount.value());
        json.put("mint_fee_msats", fee.value());
        json.put("created_at", createdAt.getEpochSecond());
        lightning.ifPresent(invoice -> {
            json.put("invoice", invoice.invoice);
            json.put("expires_at", invoice.expiresAt.map(Instant::getEpochSecond).orElse(null));
        });
        return json;
    }
}
