package me.owlrun.mint.quote;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.mint.outcome.Outcome;

import java.util.Optional;
import java.util.UUID;

/// Quotes in the form of the API, for those who watch them (NUT-17).
public final class QuoteViews {

    private final MintQuoteStore quotes;
    private final Minting minting;
    private final Melting melting;

    /// @param quotes read without asking Lightning
    public QuoteViews(MintQuoteStore quotes, Minting minting, Melting melting) {
        this.quotes = quotes;
        this.minting = minting;
        this.melting = melting;
    }

    /// A mint quote as it is in the database.
    public Optional<ObjectNode> mintQuote(UUID id) {
        return quotes.find(id).map(QuoteJson::of);
    }

    /// Whether nothing was paid for a mint quote, as far as the database knows.
    public boolean isUnpaid(UUID id) {
        return quotes.find(id).filter(quote -> quote.amountPaid() == 0).isPresent();
    }

    /// Credits a mint quote if Lightning says that it was paid.
    ///
    /// @return whether there is such a quote
    public boolean look(UUID id) {
        return minting.find(id) instanceof Outcome.Done;
    }

    /// A melt quote as it is in the database.
    public Optional<ObjectNode> meltQuote(UUID id) {
        return melting.find(id) instanceof Outcome.Done<Melting.View>(Melting.View view)
                ? Optional.of(QuoteJson.of(view))
                : Optional.empty();
    }
}
