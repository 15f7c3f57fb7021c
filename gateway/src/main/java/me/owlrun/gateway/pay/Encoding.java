package me.owlrun.gateway.pay;

import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;

/// The two written forms of tokens (NUT-00); a buyer gets change in the form it paid with.
enum Encoding {
    /// `cashuA`, JSON.
    A,
    /// `cashuB`, CBOR.
    B;

    static Encoding of(String tokenText) {
        return tokenText.startsWith("cashuA") ? A : B;
    }

    String encode(Token token) {
        return switch (this) {
            case A -> TokenCodec.encodeA(token);
            case B -> TokenCodec.encodeB(token);
        };
    }
}
