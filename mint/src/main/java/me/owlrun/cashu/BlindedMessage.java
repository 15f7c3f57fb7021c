package me.owlrun.cashu;

/// What a wallet asks the mint to sign (NUT-00).
///
/// @param amount steps of the keyset's unit; zero in blank outputs (NUT-08)
/// @param keysetId the keyset to sign with
/// @param b the blinded point B_
public record BlindedMessage(long amount, KeysetId keysetId, Point b) {

    /// @throws CashuFormatException when the amount is negative
    public BlindedMessage {
        if (amount < 0) {
            throw new CashuFormatException("an output's amount is not negative");
        }
    }
}
