package me.owlrun.mint.condition;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;

import java.util.List;

/// The text that signatures over a whole request sign (NUT-11, SIG_ALL).
final class SigAll {

    private SigAll() {}

    /// Secret and C of every input, amount and B_ of every output, then the melt quote.
    ///
    /// @param quoteId empty in a swap
    static String message(List<Proof> inputs, List<BlindedMessage> outputs, String quoteId) {
        StringBuilder message = new StringBuilder();
        for (Proof input : inputs) {
            message.append(input.secret()).append(input.c().toHex());
        }
        for (BlindedMessage output : outputs) {
            message.append(output.amount()).append(output.b().toHex());
        }
        return message.append(quoteId).toString();
    }
}
