package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Point;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.outcome.Outcome.Refused;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Steps;
import me.owlrun.money.Msat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/// Lightning for ecash (NUT-04): quotes, and the credit of what arrives. A payment counts however
/// late it comes.
public final class Minting {

    private static final Logger LOG = System.getLogger(Minting.class.getName());

    private final MintQuoteStore quotes;
    private final Lightning lightning;
    private final Ids ids;
    private final InstantSource clock;
    private final AmountLimits limits;
    private final Duration invoiceExpiry;
    private final Steps steps;

    /// @param invoiceExpiry how long an invoice can be paid
    public Minting(
            MintQuoteStore quotes,
            Lightning lightning,
            Ids ids,
            InstantSource clock,
            AmountLimits limits,
            Duration invoiceExpiry,
            Steps steps) {
        this.quotes = quotes;
        this.lightning = lightning;
        this.ids = ids;
        this.clock = clock;
        this.limits = limits;
        this.invoiceExpiry = invoiceExpiry;
        this.steps = steps;
    }

    /// Makes a quote with a fresh invoice.
    ///
    /// @param pubkey whose signature will be needed to take the ecash (NUT-20)
    Outcome<MintQuote> request(
            CurrencyUnit unit, long amount, String description, Optional<Point> pubkey) {
        if (amount < 1 || amount > limits.mintMaxSteps(unit)) {
            return Outcome.refused(ErrorCode.AMOUNT_OUT_OF_RANGE);
        }
        return whole(unit.toMsat(amount), lightning.abilities())
                .then(asked -> request(unit, asked, description, pubkey));
    }

    /// The amount, if the backend can ask for it and choose it.
    static Outcome<Msat> whole(Msat amount, Lightning.Abilities abilities) {
        return abilities.subSat() || amount.subSat().equals(Msat.ZERO)
                ? new Done<>(amount)
                : new Refused<>(
                        ErrorCode.AMOUNT_OUT_OF_RANGE,
                        "The Lightning node of this mint counts whole sats: the amount must be a"
                                + " multiple of 1000 msat.");
    }

    private Outcome<MintQuote> request(
            CurrencyUnit unit, Msat asked, String description, Optional<Point> pubkey) {
        Instant now = clock.instant();
        Lightning.NewInvoice invoice;
        try {
            invoice = lightning.createInvoice(asked, description, invoiceExpiry);
        } catch (LightningException e) {
            LOG.log(Level.WARNING, "Lightning does not answer; a mint quote is refused.", e);
            return new Refused<>(
                    ErrorCode.OTHER, "The Lightning node does not answer; try again later.");
        }
        MintQuote quote =
                new MintQuote(
                        ids.next(),
                        unit,
                        unit.floorSteps(asked),
                        invoice.request(),
                        invoice.paymentHash(),
                        pubkey,
                        0,
                        0,
                        now.plus(invoiceExpiry),
                        now);
        quotes.insert(quote, invoice.preimageHex());
        steps.changed(new Changed.MintQuoteMade(quote.id(), quote.expiresAt()));
        return find(quote.id());
    }

    /// The quote as it stands now; asks Lightning first when nothing arrived yet.
    Outcome<MintQuote> find(UUID id) {
        Optional<MintQuote> found = quotes.find(id);
        if (found.isPresent() && found.get().amountPaid() == 0) {
            creditIfPaid(found.get());
            found = quotes.find(id);
        }
        return found.<Outcome<MintQuote>>map(Done::new).orElseGet(Minting::unknown);
    }

    /// The quote with this invoice, if it is one of ours, after asking Lightning whether it is
    /// paid.
    Optional<MintQuote> find(PaymentHash hash) {
        Optional<MintQuote> found = quotes.find(hash);
        if (found.isPresent() && found.get().amountPaid() == 0) {
            creditIfPaid(found.get());
            return quotes.find(hash);
        }
        return found;
    }

    private static Refused<MintQuote> unknown() {
        return new Refused<>(ErrorCode.OTHER, "There is no such quote.");
    }

    /// Credits an invoice that the backend's stream reported paid.
    public void onReceived(PaymentHash hash) {
        quotes.find(hash).ifPresent(quote -> credit(quote, true));
    }

    /// How far the stream was heard; it goes on from there.
    public long heardIndex() {
        return quotes.heardIndex();
    }

    private void creditIfPaid(MintQuote quote) {
        credit(quote, false);
    }

    private void credit(MintQuote quote, boolean heard) {
        try {
            Optional<Lightning.Received> received = lightning.received(quote.paymentHash());
            if (received.isPresent()) {
                Lightning.Received arrived = received.get();
                quotes.credit(
                        quote.id(),
                        new IncomingPayment(
                                "bolt11:" + quote.paymentHash().hex(),
                                quote.unit().floorSteps(arrived.amount()),
                                arrived.kept(),
                                heard ? arrived.index() : 0),
                        clock.instant());
                steps.changed(new Changed.MintQuote(quote.id()));
            }
        } catch (LightningException e) {
            LOG.log(Level.WARNING, "Lightning does not answer; a quote may be paid unseen.", e);
        }
    }
}
