package me.owlrun.gateway.ledger;

import me.owlrun.money.Msat;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// One movement of money: amounts by account that add up to zero in sats and in credit. It happens
/// once per idempotency key and is never changed afterwards.
///
/// @param idempotencyKey names the event for ever, such as `settle:pay_…`
/// @param kind the event, such as `claim`, `settle`, `refund` or `topup`
/// @param reference the payment or operation it belongs to
/// @param amounts what each account gets, or gives when negative; no zeros
public record Transfer(
        String idempotencyKey, String kind, String reference, SortedMap<Account, Msat> amounts) {

    /// @throws LedgerException when the amounts of a unit do not add up to zero, or there are none
    public Transfer {
        SortedMap<Account, Msat> moved = new TreeMap<>(amounts);
        moved.values().removeIf(amount -> amount.equals(Msat.ZERO));
        amounts = Collections.unmodifiableSortedMap(moved);
        Map<Account.Unit, Msat> sums = new EnumMap<>(Account.Unit.class);
        amounts.forEach((account, amount) -> sums.merge(account.kind().unit(), amount, Msat::plus));
        if (amounts.isEmpty() || sums.values().stream().anyMatch(sum -> !sum.equals(Msat.ZERO))) {
            throw new LedgerException(
                    "transfer " + idempotencyKey + " does not add up to zero: " + sums);
        }
    }

    /// Collects the amounts of one transfer.
    public static final class Builder {

        private final Map<Account, Msat> amounts = new LinkedHashMap<>();

        private Builder() {}

        /// Gives an amount to an account, or takes it when negative; several for one account add
        /// up.
        public Builder give(Account account, Msat amount) {
            amounts.merge(account, amount, Msat::plus);
            return this;
        }

        /// Takes an amount from an account.
        public Builder take(Account account, Msat amount) {
            return give(account, amount.negated());
        }

        /// The transfer.
        ///
        /// @throws LedgerException when the amounts do not add up to zero
        public Transfer of(String kind, String reference) {
            return new Transfer(kind + ":" + reference, kind, reference, new TreeMap<>(amounts));
        }
    }

    /// Begins an empty transfer.
    public static Builder moving() {
        return new Builder();
    }

    /// Everything that a repeat must have in common with the first, as one line.
    String canonical() {
        StringBuilder line = new StringBuilder(kind).append('|').append(reference);
        amounts.forEach((account, amount) ->
                line.append('|').append(account).append('=').append(amount.value()));
        return line.toString();
    }
}
