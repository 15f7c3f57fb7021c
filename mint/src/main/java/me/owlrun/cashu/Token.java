package me.owlrun.cashu;

import java.util.List;
import java.util.Optional;

/// Ecash on its way between wallets (NUT-00): proofs of one mint and one unit. Bearer money, so its
/// `toString` hides the secrets.
///
/// @param mint the mint's URL
/// @param unit the unit as written in the token
/// @param memo a note of the sender
/// @param proofs the coins, at least one
public record Token(String mint, String unit, Optional<String> memo, List<Proof> proofs) {

    /// Takes an unmodifiable copy of the proofs.
    public Token {
        proofs = List.copyOf(proofs);
    }

    /// The sum of the proofs' amounts in steps of the unit.
    ///
    /// @throws ArithmeticException when it does not fit
    public long amount() {
        long sum = 0;
        for (Proof proof : proofs) {
            sum = Math.addExact(sum, proof.amount());
        }
        return sum;
    }

    @Override
    public String toString() {
        return "Token[mint=" + mint + ", unit=" + unit + ", proofs=" + proofs.size() + "]";
    }
}
