package me.owlrun.mint.quote;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.mint.ledger.RequestHash;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A request for the ecash of one quote (NUT-04) or of a batch of them (NUT-29).
///
/// @param quoteIds at least one, none twice
/// @param amounts what each quote gives, when the wallet says so
/// @param outputs what is to be signed, for all quotes together
/// @param signatures one per quote; needed where the quote is locked (NUT-20)
/// @param batch whether it came as a batch
record MintOrder(
        List<UUID> quoteIds,
        Optional<List<Long>> amounts,
        List<BlindedMessage> outputs,
        List<Optional<String>> signatures,
        boolean batch) {

    /// @throws CashuFormatException when amounts do not pair up with quotes
    MintOrder {
        if (amounts.isPresent() && amounts.get().size() != quoteIds.size()) {
            throw new CashuFormatException("'quote_amounts' must have one amount per quote");
        }
    }

    /// A request for one quote's ecash.
    static MintOrder single(
            UUID quoteId, List<BlindedMessage> outputs, Optional<String> signature) {
        return new MintOrder(
                List.of(quoteId), Optional.empty(), outputs, List.of(signature), false);
    }

    RequestHash requestHash() {
        return batch
                ? RequestHash.ofMintBatch(quoteIds, outputs)
                : RequestHash.ofMint(quoteIds.getFirst(), outputs);
    }
}
