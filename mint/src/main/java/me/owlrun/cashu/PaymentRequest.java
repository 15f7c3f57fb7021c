package me.owlrun.cashu;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a payee asks for (NUT-18). Texts of it: [PaymentRequestCodec].
///
/// @param id names the payment for the payee
/// @param amount steps of the unit
/// @param unit the unit of the amount
/// @param singleUse whether it may be paid once only; empty: not said
/// @param mints the mints whose proofs are taken; empty: any
/// @param description for people
/// @param transports ways to deliver the proofs, best first; empty: in band, as with `X-Cashu`
/// @param condition what the proofs must be locked to (NUT-10)
public record PaymentRequest(
        Optional<String> id,
        OptionalLong amount,
        Optional<String> unit,
        Optional<Boolean> singleUse,
        List<String> mints,
        Optional<String> description,
        List<Transport> transports,
        Optional<Condition> condition) {

    /// Takes copies of the lists.
    ///
    /// @throws IllegalArgumentException for an amount below zero, or an amount without unit
    public PaymentRequest {
        mints = List.copyOf(mints);
        transports = List.copyOf(transports);
        if (amount.isPresent() && (amount.getAsLong() < 0 || unit.isEmpty())) {
            throw new IllegalArgumentException("an amount is zero or more, and has a unit");
        }
    }

    /// A request for an answer with status 402 or 401 (NUT-24): paid in band, in the header
    /// `X-Cashu` of the next try.
    ///
    /// @param amount the least that is taken, in steps of the unit
    /// @param mints the mints whose proofs are taken
    public static PaymentRequest inBand(long amount, CurrencyUnit unit, List<String> mints) {
        return new PaymentRequest(
                Optional.empty(),
                OptionalLong.of(amount),
                Optional.of(unit.text()),
                Optional.empty(),
                mints,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    /// A way to deliver the proofs.
    ///
    /// @param type `nostr` or `post`
    /// @param target a Nostr name (NIP-19) or an address
    /// @param tags lists of a key and its values
    public record Transport(String type, String target, List<List<String>> tags) {

        /// Takes copies of the lists.
        public Transport {
            tags = tags.stream().map(List::copyOf).toList();
        }
    }

    /// What the proofs must be locked to.
    ///
    /// @param kind `P2PK` or `HTLC`
    /// @param data the public key or the hash
    /// @param tags lists of a key and its values
    public record Condition(String kind, String data, List<List<String>> tags) {

        /// Takes copies of the lists.
        public Condition {
            tags = tags.stream().map(List::copyOf).toList();
        }
    }
}
