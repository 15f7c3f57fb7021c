package me.owlrun.mint.quote;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.RequestHash;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.ledger.TransferRules.Transfer;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.outcome.Outcome.Refused;
import me.owlrun.money.Msat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Ecash for Lightning (NUT-05): quotes, and the checks before a payment. What happens once it is
/// begun is the business of [Payments].
final class Melting {

    private static final Logger LOG = System.getLogger(Melting.class.getName());
    private static final long PER_CENT = 100;

    private final MeltQuoteStore quotes;
    private final Minting minting;
    private final Payments payments;
    private final LedgerStore ledger;
    private final TransferRules rules;
    private final Signer signer;
    private final Lightning lightning;
    private final Ids ids;
    private final InstantSource clock;
    private final AmountLimits limits;
    private final MeltRules melts;

    Melting(
            MeltQuoteStore quotes,
            Minting minting,
            Payments payments,
            LedgerStore ledger,
            TransferRules rules,
            Signer signer,
            Lightning lightning,
            Ids ids,
            InstantSource clock,
            AmountLimits limits,
            MeltRules melts) {
        this.quotes = quotes;
        this.minting = minting;
        this.payments = payments;
        this.ledger = ledger;
        this.rules = rules;
        this.signer = signer;
        this.lightning = lightning;
        this.ids = ids;
        this.clock = clock;
        this.limits = limits;
        this.melts = melts;
    }

    /// A melt quote with the change it gave.
    ///
    /// @param quote the quote as it stands
    /// @param change signatures on the first blanks, once it is paid
    record View(MeltQuote quote, List<BlindSignature> change) {}

    /// What a payer asks for beyond paying an invoice as it is.
    ///
    /// @param amountless what to pay to an invoice that leaves the amount open
    /// @param part what to pay while other mints pay the rest (NUT-15)
    record Options(Optional<Msat> amountless, Optional<Msat> part) {}

    /// Makes a quote for an invoice. What would be refused later is refused now, before a wallet
    /// puts its ecash into it.
    Outcome<View> request(CurrencyUnit unit, String request, Options options) {
        Optional<Invoice> read = InvoiceReader.read(request);
        if (read.isEmpty()) {
            return new Refused<>(ErrorCode.OTHER, "The request is not a valid BOLT 11 invoice.");
        }
        Invoice invoice = read.get();
        if (!lightning.isOnNetwork(invoice.network())) {
            return new Refused<>(
                    ErrorCode.OTHER, "The invoice is of another network than this mint.");
        }
        return chosen(invoice, options).then(chosen -> request(unit, invoice, chosen));
    }

    /// What is to arrive when that is not what the invoice says. A part is never guessed from an
    /// amount that does not fit.
    private Outcome<Optional<Msat>> chosen(Invoice invoice, Options options) {
        if (invoice.amount().isEmpty()) {
            boolean payable = options.amountless().isPresent() && options.part().isEmpty();
            if (!payable || !lightning.abilities().amountless()) {
                return Outcome.refused(ErrorCode.AMOUNTLESS_INVOICE);
            }
            return Minting.whole(options.amountless().get(), lightning.abilities())
                    .map(Optional::of);
        }
        Msat whole = invoice.amount().get();
        if (options.amountless().filter(amount -> !amount.equals(whole)).isPresent()) {
            return Outcome.refused(ErrorCode.AMOUNT_MISMATCH);
        }
        Optional<Msat> part = options.part().filter(amount -> !amount.equals(whole));
        if (part.isEmpty()) {
            return new Done<>(Optional.empty());
        }
        boolean own = minting.find(invoice.paymentHash()).isPresent();
        if (own || part.get().compareTo(whole) > 0 || options.amountless().isPresent()) {
            return Outcome.refused(ErrorCode.AMOUNT_MISMATCH);
        }
        return lightning.abilities().partial()
                ? new Done<>(part)
                : new Refused<>(ErrorCode.OTHER, "Partial payments are not supported.");
    }

    private Outcome<View> request(CurrencyUnit unit, Invoice invoice, Optional<Msat> chosen) {
        Msat arrives = chosen.or(invoice::amount).orElseThrow();
        long amount = unit.ceilSteps(arrives);
        if (amount < 1 || amount > limits.meltMaxSteps(unit)) {
            return Outcome.refused(ErrorCode.AMOUNT_OUT_OF_RANGE);
        }
        Optional<MintQuote> payee = minting.find(invoice.paymentHash());
        if (payee.isPresent()) {
            if (payee.get().amountPaid() > 0) {
                return Outcome.refused(ErrorCode.INVOICE_PAID);
            }
            lightning.reserveForMint(invoice.paymentHash());
            return quote(unit, invoice, chosen, 0);
        }
        if (payments.areStopped()) {
            return Outcome.refused(ErrorCode.DISABLED);
        }
        try {
            return quote(unit, invoice, chosen, feeReserve(invoice, arrives, unit));
        } catch (LightningException e) {
            LOG.log(Level.WARNING, "Lightning does not answer; a melt quote is refused.", e);
            return new Refused<>(
                    ErrorCode.OTHER, "The Lightning node does not answer; try again later.");
        }
    }

    private Outcome<View> quote(
            CurrencyUnit unit, Invoice invoice, Optional<Msat> chosen, long feeReserve) {
        Instant now = clock.instant();
        MeltQuote quote =
                new MeltQuote(
                        ids.next(),
                        unit,
                        unit.ceilSteps(chosen.or(invoice::amount).orElseThrow()),
                        feeReserve,
                        invoice.text(),
                        invoice.paymentHash(),
                        chosen,
                        new MeltQuote.Unpaid(),
                        now.plus(melts.quoteExpiry()));
        quotes.insert(quote, now);
        return new Done<>(new View(quote, List.of()));
    }

    /// What the backend knows of the cost, or what the operator wants at least.
    private long feeReserve(Invoice invoice, Msat arrives, CurrencyUnit unit) {
        Msat percent =
                Msat.of(
                        Math.ceilDiv(
                                Math.multiplyExact(arrives.value(), melts.feePercent()), PER_CENT));
        long estimate = unit.ceilSteps(lightning.feeReserve(invoice, arrives, unit));
        long least = Math.max(unit.ceilSteps(percent), unit.ceilSteps(melts.feeMin()));
        return Math.max(estimate, least);
    }

    /// The quote as it stands, with its change once it is paid.
    Outcome<View> find(UUID id) {
        Optional<MeltQuote> found = quotes.find(id);
        return found.isPresent()
                ? new Done<>(view(found.get()))
                : new Refused<>(ErrorCode.OTHER, "There is no such quote.");
    }

    private View view(MeltQuote quote) {
        return switch (quote.state()) {
            case MeltQuote.Unpaid(), MeltQuote.Pending() -> new View(quote, List.of());
            case MeltQuote.Paid(var _, var _) ->
                    new View(
                            quote,
                            quotes.started(quote.id())
                                    .map(started ->
                                            signer.proveAgain(ledger.answerOf(started.id())))
                                    .orElse(List.of()));
        };
    }

    /// Pays the quote's invoice with the inputs. The same request again gets the quote as it then
    /// stands and pays nothing twice.
    ///
    /// @param blanks outputs for the change (NUT-08)
    /// @param waits whether the wallet wants to wait for the end of the payment
    Outcome<View> melt(
            UUID quoteId, List<Proof> inputs, List<BlindedMessage> blanks, boolean waits) {
        RequestHash requestHash = RequestHash.ofMelt(quoteId, inputs, blanks);
        Optional<MeltQuote> found = quotes.find(quoteId);
        if (found.isEmpty()) {
            return new Refused<>(ErrorCode.OTHER, "There is no such quote.");
        }
        MeltQuote quote = found.get();
        if (!(quote.state() instanceof MeltQuote.Unpaid)) {
            return takenOrReplay(quote, requestHash);
        }
        return rules.checkWithBlanks(inputs, blanks)
                .then(transfer -> {
                    Optional<ErrorCode> flaw = flaw(quote, transfer, inputs, blanks);
                    return flaw.isPresent()
                            ? Outcome.refused(flaw.get())
                            : pay(quote, requestHash, transfer, inputs, blanks, waits);
                });
    }

    private Optional<ErrorCode> flaw(
            MeltQuote quote, Transfer transfer, List<Proof> inputs, List<BlindedMessage> blanks) {
        if (transfer.unit() != quote.unit()) {
            return Optional.of(ErrorCode.UNIT_MISMATCH);
        }
        if (transfer.net() < Math.addExact(quote.amount(), quote.feeReserve())) {
            return Optional.of(ErrorCode.UNBALANCED);
        }
        if (clock.instant().isAfter(quote.expiresAt())) {
            return Optional.of(ErrorCode.QUOTE_EXPIRED);
        }
        return rules.verify(inputs, blanks, Optional.of(quote.id()));
    }

    private Outcome<View> pay(
            MeltQuote quote,
            RequestHash requestHash,
            Transfer transfer,
            List<Proof> inputs,
            List<BlindedMessage> blanks,
            boolean waits) {
        MeltAttempt attempt =
                new MeltAttempt(
                        ids.next(),
                        quote.id(),
                        requestHash,
                        transfer.inputSum(),
                        transfer.fee(),
                        ids.next(),
                        0,
                        MeltAttempt.Evidence.fresh(clock.instant()));
        Optional<ErrorCode> refusal = payments.start(quote, attempt, inputs, blanks, waits);
        if (refusal.isEmpty()) {
            return find(quote.id());
        }
        boolean taken =
                refusal.get() == ErrorCode.QUOTE_PENDING || refusal.get() == ErrorCode.INVOICE_PAID;
        Optional<MeltQuote> now = quotes.find(quote.id());
        return taken && now.isPresent()
                ? takenOrReplay(now.get(), requestHash, refusal.get())
                : Outcome.refused(refusal.get());
    }

    private Outcome<View> takenOrReplay(MeltQuote quote, RequestHash requestHash) {
        return takenOrReplay(
                quote,
                requestHash,
                quote.state() instanceof MeltQuote.Pending
                        ? ErrorCode.QUOTE_PENDING
                        : ErrorCode.INVOICE_PAID);
    }

    private Outcome<View> takenOrReplay(
            MeltQuote quote, RequestHash requestHash, ErrorCode otherwise) {
        boolean replay =
                quotes.started(quote.id())
                        .filter(started -> started.requestHash().equals(requestHash))
                        .isPresent();
        return replay ? find(quote.id()) : Outcome.refused(otherwise);
    }
}
