package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;

import java.util.List;
import java.util.Optional;

/// Writes change as tokens.
///
/// @param mintUrl the address written into them
record ChangeTokens(String mintUrl) {

    /// Proofs as a token; an empty text for none.
    String token(Encoding encoding, List<Proof> proofs, CurrencyUnit unit) {
        return proofs.isEmpty()
                ? ""
                : encoding.encode(new Token(mintUrl, unit.text(), Optional.empty(), proofs));
    }
}
