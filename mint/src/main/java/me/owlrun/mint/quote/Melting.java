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
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.outcome.Outcome.Refused;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Ecash for Lightning (NUT-05): quotes, and the checks before a payment. What happens once it is
/// begun is the business of [Payments].
public final class Melting {

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
    private final Duration quoteExpiry;

    /// @param quoteExpiry how long a quote can be taken up
    public Melting(
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
            Duration quoteExpiry) {
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
        this.quoteExpiry = quoteExpiry;
    }

    /// A melt quote with the change it gave.
    ///
    /// @param quote the quote as it stands
    /// @param change signatures on the first blanks, once it is paid
    record View(MeltQuote quote, List<BlindSignature> change) {}

    /// Makes a quote for an invoice.
    Outcome<View> request(CurrencyUnit unit, String request) {
        Optional<Invoice> read = InvoiceReader.read(request);
        if (read.isEmpty()) {
            return new Refused<>(ErrorCode.OTHER, "The request is not a valid BOLT 11 invoice.");
        }
        Invoice invoice = read.get();
        if (invoice.amount().isEmpty()) {
            return Outcome.refused(ErrorCode.AMOUNTLESS_INVOICE);
        }
        long amount = unit.ceilSteps(invoice.amount().get());
        if (amount > limits.meltMaxSteps(unit)) {
            return Outcome.refused(ErrorCode.AMOUNT_OUT_OF_RANGE);
        }
        Optional<MintQuote> payee = minting.find(invoice.paymentHash());
        if (payee.isPresent()) {
            if (payee.get().amountPaid() > 0) {
                return Outcome.refused(ErrorCode.INVOICE_PAID);
            }
            lightning.reserveForMint(invoice.paymentHash());
        }
        Instant now = clock.instant();
        MeltQuote quote =
                new MeltQuote(
                        ids.next(),
                        unit,
                        amount,
                        payee.isPresent() ? 0 : feeReserve(invoice, unit),
                        invoice.text(),
                        invoice.paymentHash(),
                        new MeltQuote.Unpaid(),
                        now.plus(quoteExpiry));
        quotes.insert(quote, now);
        return new Done<>(new View(quote, List.of()));
    }

    private long feeReserve(Invoice invoice, CurrencyUnit unit) {
        return unit.ceilSteps(lightning.feeReserve(invoice, invoice.amount().orElseThrow(), unit));
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
    Outcome<View> melt(UUID quoteId, List<Proof> inputs, List<BlindedMessage> blanks) {
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
                            : pay(quote, requestHash, transfer, inputs, blanks);
                });
    }

    private Optional<ErrorCode> flaw(
            MeltQuote quote, Transfer transfer, List<Proof> inputs, List<BlindedMessage> blanks) {
        if (transfer.unit() != quote.unit()) {
            return Optional.of(ErrorCode.UNIT_MISMATCH);
        }
        if (transfer.net() < quote.amount() + quote.feeReserve()) {
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
            List<BlindedMessage> blanks) {
        MeltAttempt attempt =
                new MeltAttempt(
                        ids.next(),
                        quote.id(),
                        requestHash,
                        transfer.inputSum(),
                        transfer.fee(),
                        ids.next(),
                        0);
        Optional<ErrorCode> refusal = payments.start(quote, attempt, inputs, blanks);
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
