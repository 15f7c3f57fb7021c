package me.owlrun.gateway.payout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.money.Msat;

import java.util.List;
import java.util.Optional;

/// What the body of a withdrawal asks for.
///
/// @param amount empty: everything
/// @param units in which a token may be, in order
/// @param tokenB whether the token is to be a cashuB
/// @param address a Lightning address; empty for none
/// @param invoice an invoice to pay
record PayoutReading(
        Payout.Method method,
        Optional<Msat> amount,
        List<CurrencyUnit> units,
        boolean tokenB,
        String address,
        Optional<Invoice> invoice) {

    private static final int ADDRESS_CHARS_MAX = 512;
    private static final long SATS_MAX = 2_100_000_000_000_000L;
    private static final String AMOUNT_SATS = "amount_sats";
    private static final String AMOUNT_MSATS = "amount_msats";

    /// What reading gives.
    sealed interface Result {
        /// In order.
        record Fine(PayoutReading reading) implements Result {}

        /// Not in order.
        record Wrong(ApiError error) implements Result {}
    }

    /// Reads a body; fields that are unknown are ignored.
    ///
    /// @param ecashOnly whether the path means ecash
    static Result read(ObjectNode body, boolean ecashOnly) {
        try {
            String method = ecashOnly ? "ecash" : text(body, "method");
            return new Result.Fine(
                    switch (method) {
                        case "ecash" -> ecash(body);
                        case "lightning" -> lightning(body);
                        default -> throw new WrongFieldException("method", "ecash or lightning");
                    });
        } catch (WrongFieldException e) {
            return new Result.Wrong(e.error);
        }
    }

    /// Leaves the reading of one field, within this class only.
    private static final class WrongFieldException extends RuntimeException {
        private final transient ApiError error;

        private WrongFieldException(String field, String allowed) {
            super(field, null, false, false);
            error =
                    ApiError.of(
                            ErrorCode.INVALID_REQUEST,
                            "'" + field + "' must be " + allowed + ".",
                            field);
        }
    }

    private static PayoutReading ecash(ObjectNode body) {
        Optional<Msat> amount = amount(body);
        List<CurrencyUnit> units =
                switch (text(body, "unit")) {
                    case "" -> List.of(CurrencyUnit.SAT, CurrencyUnit.MSAT);
                    case "sat" -> List.of(CurrencyUnit.SAT);
                    case "msat" -> List.of(CurrencyUnit.MSAT);
                    default -> throw new WrongFieldException("unit", "sat or msat");
                };
        boolean wholeSats = amount.map(msat -> msat.subSat().equals(Msat.ZERO)).orElse(true);
        if (!wholeSats && units.equals(List.of(CurrencyUnit.SAT))) {
            throw new WrongFieldException(AMOUNT_MSATS, "whole sats when 'unit' is sat");
        }
        boolean tokenB =
                switch (text(body, "encoding")) {
                    case "", "A" -> false;
                    case "B" -> true;
                    default -> throw new WrongFieldException("encoding", "A or B");
                };
        return new PayoutReading(
                Payout.Method.ECASH,
                amount,
                wholeSats ? units : List.of(CurrencyUnit.MSAT),
                tokenB,
                "",
                Optional.empty());
    }

    private static PayoutReading lightning(ObjectNode body) {
        String address = text(body, "address");
        String bolt11 = text(body, "invoice");
        if (address.isEmpty() == bolt11.isEmpty()) {
            throw new WrongFieldException("invoice", "given, or else 'address'; not both");
        }
        Optional<Msat> amount = amount(body);
        if (!address.isEmpty()) {
            if (amount.isPresent() && !amount.get().subSat().equals(Msat.ZERO)) {
                throw new WrongFieldException(AMOUNT_MSATS, "whole sats for an address");
            }
            return lightning(amount, address, Optional.empty());
        }
        Optional<Invoice> invoice = InvoiceReader.read(bolt11);
        if (invoice.isEmpty()) {
            throw new WrongFieldException("invoice", "a Lightning invoice");
        }
        Optional<Msat> named = invoice.get().amount();
        if (named.isEmpty() && amount.isEmpty()) {
            throw new WrongFieldException(
                    AMOUNT_SATS, "the amount to pay, as the invoice leaves it open");
        }
        if (named.isPresent() && amount.isPresent() && !amount.equals(named)) {
            throw new WrongFieldException(AMOUNT_SATS, "the amount of the invoice, or left out");
        }
        return lightning(named.or(() -> amount), "", invoice);
    }

    private static PayoutReading lightning(
            Optional<Msat> amount, String address, Optional<Invoice> invoice) {
        return new PayoutReading(
                Payout.Method.LIGHTNING, amount, List.of(), false, address, invoice);
    }

    private static Optional<Msat> amount(ObjectNode body) {
        Optional<Long> sats = number(body, AMOUNT_SATS, SATS_MAX);
        Optional<Long> msats = number(body, AMOUNT_MSATS, SATS_MAX * Msat.MSAT_PER_SAT);
        Optional<Msat> amount = msats.map(Msat::of).or(() -> sats.map(Msat::ofSat));
        if (sats.isPresent() && msats.isPresent() && !amount.equals(sats.map(Msat::ofSat))) {
            throw new WrongFieldException(AMOUNT_MSATS, "the same as amount_sats, or left out");
        }
        return amount;
    }

    private static Optional<Long> number(ObjectNode body, String field, long max) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        boolean fits = value.isIntegralNumber() && value.canConvertToLong();
        if (!fits || value.longValue() < 1 || value.longValue() > max) {
            throw new WrongFieldException(field, "a whole number above 0");
        }
        return Optional.of(value.longValue());
    }

    private static String text(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        boolean invoice = field.equals("invoice");
        int charsMax = invoice ? InvoiceReader.CHARS_MAX : ADDRESS_CHARS_MAX;
        if (!value.isTextual() || value.textValue().length() > charsMax) {
            throw new WrongFieldException(field, "a text of up to " + charsMax + " characters");
        }
        return value.textValue().strip();
    }
}
