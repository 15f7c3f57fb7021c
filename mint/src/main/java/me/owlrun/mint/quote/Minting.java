package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Operation;
import me.owlrun.mint.ledger.Recorded;
import me.owlrun.mint.ledger.RequestHash;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.ledger.TransferRules.Transfer;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.outcome.Outcome.Refused;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Lightning for ecash (NUT-04): quotes, the credit of what arrives, and the issue of ecash in one
/// transaction with the quote's account. A payment counts however late it comes.
public final class Minting {

    private static final Logger LOG = System.getLogger(Minting.class.getName());

    private final MintQuoteStore quotes;
    private final LedgerStore ledger;
    private final TransferRules rules;
    private final Signer signer;
    private final Lightning lightning;
    private final Ids ids;
    private final InstantSource clock;
    private final AmountLimits limits;
    private final Duration invoiceExpiry;
    private final Steps steps;

    /// @param invoiceExpiry how long an invoice can be paid
    public Minting(
            MintQuoteStore quotes,
            LedgerStore ledger,
            TransferRules rules,
            Signer signer,
            Lightning lightning,
            Ids ids,
            InstantSource clock,
            AmountLimits limits,
            Duration invoiceExpiry,
            Steps steps) {
        this.quotes = quotes;
        this.ledger = ledger;
        this.rules = rules;
        this.signer = signer;
        this.lightning = lightning;
        this.ids = ids;
        this.clock = clock;
        this.limits = limits;
        this.invoiceExpiry = invoiceExpiry;
        this.steps = steps;
    }

    /// Makes a quote with a fresh invoice.
    Outcome<MintQuote> request(CurrencyUnit unit, long amount, String description) {
        if (amount < 1 || amount > limits.mintMaxSteps(unit)) {
            return Outcome.refused(ErrorCode.AMOUNT_OUT_OF_RANGE);
        }
        Instant now = clock.instant();
        Lightning.NewInvoice invoice =
                lightning.createInvoice(unit.toMsat(amount), description, invoiceExpiry);
        MintQuote quote =
                new MintQuote(
                        ids.next(),
                        unit,
                        amount,
                        invoice.request(),
                        invoice.paymentHash(),
                        0,
                        0,
                        now.plus(invoiceExpiry),
                        now);
        quotes.insert(quote, invoice.preimageHex());
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

    /// Credits an invoice that was reported paid.
    public void onReceived(PaymentHash hash) {
        quotes.find(hash).ifPresent(this::creditIfPaid);
    }

    private void creditIfPaid(MintQuote quote) {
        try {
            Optional<Lightning.Received> received = lightning.received(quote.paymentHash());
            received.ifPresent(arrived ->
                    quotes.credit(
                            quote.id(),
                            "bolt11:" + quote.paymentHash().hex(),
                            quote.unit().floorSteps(arrived.amount()),
                            clock.instant()));
        } catch (LightningException e) {
            LOG.log(Level.WARNING, "Lightning does not answer; a quote may be paid unseen.", e);
        }
    }

    /// Issues the quote's ecash. The same request again gets the same signatures, for ever.
    Outcome<List<BlindSignature>> mint(UUID quoteId, List<BlindedMessage> outputs) {
        RequestHash requestHash = RequestHash.ofMint(quoteId, outputs);
        var answer = ledger.findAnswer(requestHash);
        if (answer.isPresent()) {
            return new Done<>(signer.proveAgain(answer.get()));
        }
        return rules.check(List.of(), outputs)
                .then(transfer ->
                        find(quoteId).then(quote -> mint(quote, transfer, requestHash, outputs)));
    }

    private Outcome<List<BlindSignature>> mint(
            MintQuote quote,
            Transfer transfer,
            RequestHash requestHash,
            List<BlindedMessage> outputs) {
        if (transfer.unit() != quote.unit()) {
            return Outcome.refused(ErrorCode.UNIT_MISMATCH);
        }
        switch (quote.state()) {
            case UNPAID -> {
                return Outcome.refused(ErrorCode.QUOTE_UNPAID);
            }
            case ISSUED -> {
                return Outcome.refused(ErrorCode.QUOTE_ISSUED);
            }
            case PAID -> {}
        }
        long sum = transfer.outputSum();
        boolean whole = sum == quote.amount() || sum == quote.mintable();
        if (!whole || sum > quote.mintable()) {
            return Outcome.refused(ErrorCode.UNBALANCED);
        }
        steps.reached(Step.MINT_VERIFIED);
        List<BlindSignature> signatures = signer.sign(outputs);
        steps.reached(Step.MINT_SIGNED);
        Operation operation =
                new Operation(
                        ids.next(),
                        Operation.Kind.MINT,
                        quote.unit(),
                        requestHash,
                        Optional.of(quote.id()),
                        0,
                        sum,
                        0,
                        clock.instant());
        Entry entry = new Entry(operation, List.of(), outputs, signatures);
        Recorded issued = quotes.issue(new TreeMap<>(Map.of(quote.id(), sum)), entry);
        steps.reached(Step.MINT_COMMITTED);
        return switch (issued) {
            case Recorded.Fresh() -> new Done<>(signatures);
            case Recorded.Replay(var earlier) -> new Done<>(signer.proveAgain(earlier));
            case Recorded.Conflict(ErrorCode code) -> Outcome.refused(code);
        };
    }
}
