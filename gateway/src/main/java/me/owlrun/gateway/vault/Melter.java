package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.money.Msat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Pays invoices at the mint (NUT-05, NUT-08) and never guesses: the state of the quote decides,
/// never an HTTP status. Thread-safe.
public final class Melter {

    private static final System.Logger LOG = System.getLogger(Melter.class.getName());

    private final MintClient client;
    private final MintKeysets keysets;

    public Melter(MintClient client, MintKeysets keysets) {
        this.client = client;
        this.keysets = keysets;
    }

    /// Asks what paying an invoice takes.
    ///
    /// @param chosen the amount of an invoice that names none
    public MeltOffer quote(String invoice, CurrencyUnit unit, Optional<Msat> chosen) {
        return switch (client.meltQuote(invoice, unit, chosen)) {
            case MintAnswer.Ok<MintClient.Melt>(MintClient.Melt melt) ->
                    new MeltOffer.Offered(
                            melt.id(), melt.amount(), melt.feeReserve(), melt.expiryEpochSeconds());
            case MintAnswer.Refused<MintClient.Melt>(int code) -> new MeltOffer.Refused(code);
            case MintAnswer.NotSent<MintClient.Melt>() ->
                    new MeltOffer.Unavailable("the mint was not reached");
            case MintAnswer.Unknown<MintClient.Melt>(String reason) ->
                    new MeltOffer.Unavailable(reason);
        };
    }

    /// Asks the mint to pay; the same operation may be sent again, a quote is paid once.
    public MeltOutcome send(MintOperation operation) {
        MintAnswer<MintClient.Melt> answer =
                client.melt(
                        operation.quoteId().orElseThrow(),
                        operation.inputs(),
                        operation.blindedMessages());
        return switch (answer) {
            case MintAnswer.Ok<MintClient.Melt>(MintClient.Melt melt) -> outcome(operation, melt);
            case MintAnswer.Refused<MintClient.Melt>(int code) -> refused(operation, code);
            case MintAnswer.NotSent<MintClient.Melt>() -> new MeltOutcome.NotReached();
            case MintAnswer.Unknown<MintClient.Melt>(String reason) ->
                    new MeltOutcome.Unclear(reason);
        };
    }

    /// A refusal may be about our own earlier request, so the quote is asked.
    private MeltOutcome refused(MintOperation operation, int code) {
        MeltOutcome outcome = look(operation);
        return outcome instanceof MeltOutcome.Unpaid ? new MeltOutcome.Refused(code) : outcome;
    }

    /// Asks how the payment stands; changes nothing.
    public MeltOutcome look(MintOperation operation) {
        return switch (client.meltQuote(operation.quoteId().orElseThrow())) {
            case MintAnswer.Ok<MintClient.Melt>(MintClient.Melt melt) -> outcome(operation, melt);
            case MintAnswer.Refused<MintClient.Melt>(int code) ->
                    new MeltOutcome.Unclear("the mint does not know the quote, code " + code);
            case MintAnswer.NotSent<MintClient.Melt>() -> new MeltOutcome.NotReached();
            case MintAnswer.Unknown<MintClient.Melt>(String reason) ->
                    new MeltOutcome.Unclear(reason);
        };
    }

    private MeltOutcome outcome(MintOperation operation, MintClient.Melt melt) {
        return switch (melt.state()) {
            case "PAID" -> paid(operation, melt);
            case "PENDING" -> new MeltOutcome.Pending();
            case "UNPAID" -> new MeltOutcome.Unpaid();
            default -> new MeltOutcome.Unclear("a state that no mint has");
        };
    }

    private MeltOutcome paid(MintOperation operation, MintClient.Melt melt) {
        Optional<List<BlindSignature>> change = melt.change().or(() -> restored(operation));
        if (change.isEmpty()) {
            return new MeltOutcome.Unclear("paid, and the mint does not tell the change");
        }
        if (!(keysets.keys(operation.keysetId())
                instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset))) {
            return new MeltOutcome.Unclear("paid, and the mint does not tell its keys");
        }
        try {
            return new MeltOutcome.Paid(
                    melt.preimageHex(), unblind(operation, change.get(), keyset));
        } catch (CashuFormatException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "operation {0}: the mint''s change is wrong ({1}); do not use this mint",
                    operation.id(),
                    e.getMessage());
            return new MeltOutcome.Unclear("paid, and the mint's change is wrong");
        }
    }

    /// What the mint signed of our blanks, for mints whose quotes do not tell (NUT-09).
    private Optional<List<BlindSignature>> restored(MintOperation operation) {
        List<BlindedMessage> blanks = operation.blindedMessages();
        if (blanks.isEmpty()) {
            return Optional.of(List.of());
        }
        if (!(client.restore(blanks)
                instanceof MintAnswer.Ok<MintClient.Restored>(MintClient.Restored restored))) {
            return Optional.empty();
        }
        List<BlindSignature> signatures = new ArrayList<>();
        for (BlindedMessage blank : blanks) {
            int at = indexOf(restored.outputs(), blank.b());
            if (at < 0 || at >= restored.signatures().size()) {
                break;
            }
            signatures.add(restored.signatures().get(at));
        }
        return Optional.of(signatures);
    }

    private static int indexOf(List<Point> points, Point point) {
        return points.indexOf(point);
    }

    private static List<Proof> unblind(
            MintOperation operation, List<BlindSignature> change, Keyset keyset) {
        if (change.size() > operation.outputs().size()) {
            throw new CashuFormatException("more signatures than blanks");
        }
        List<Proof> proofs = new ArrayList<>();
        for (int i = 0; i < change.size(); i++) {
            OutputData blank = operation.outputs().get(i);
            OutputData sized =
                    new OutputData(
                            change.get(i).amount(), blank.keysetId(), blank.secret(), blank.r());
            proofs.add(sized.unblind(change.get(i), keyset));
        }
        return proofs;
    }
}
