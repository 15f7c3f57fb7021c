package me.owlrun.mint.quote;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Operation;
import me.owlrun.mint.ledger.Recorded;
import me.owlrun.mint.ledger.TransferRules;
import me.owlrun.mint.ledger.TransferRules.Transfer;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.outcome.Outcome.Done;
import me.owlrun.mint.outcome.Outcome.Refused;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/// The ecash of paid quotes (NUT-04, NUT-29), in one transaction with the quotes' accounts: a batch
/// is issued as a whole or not at all.
public final class Issuing {

    private final MintQuoteStore quotes;
    private final Minting minting;
    private final LedgerStore ledger;
    private final TransferRules rules;
    private final Signer signer;
    private final Ids ids;
    private final InstantSource clock;
    private final Steps steps;

    /// @param minting finds quotes, and asks Lightning for those that look unpaid
    public Issuing(
            MintQuoteStore quotes,
            Minting minting,
            LedgerStore ledger,
            TransferRules rules,
            Signer signer,
            Ids ids,
            InstantSource clock,
            Steps steps) {
        this.quotes = quotes;
        this.minting = minting;
        this.ledger = ledger;
        this.rules = rules;
        this.signer = signer;
        this.ids = ids;
        this.clock = clock;
        this.steps = steps;
    }

    /// Issues what is ordered. The same order again gets the same signatures, for ever.
    Outcome<List<BlindSignature>> mint(MintOrder order) {
        var answer = ledger.findAnswer(order.requestHash());
        if (answer.isPresent()) {
            return new Done<>(signer.proveAgain(answer.get()));
        }
        return rules.check(List.of(), order.outputs())
                .then(transfer -> find(order).then(found -> mint(order, found, transfer)));
    }

    private Outcome<List<MintQuote>> find(MintOrder order) {
        List<MintQuote> found = new ArrayList<>();
        for (var id : order.quoteIds()) {
            switch (minting.find(id)) {
                case Done<MintQuote>(MintQuote quote) -> found.add(quote);
                case Refused<MintQuote> refused -> {
                    return refused.as();
                }
            }
        }
        return new Done<>(found);
    }

    private Outcome<List<BlindSignature>> mint(
            MintOrder order, List<MintQuote> found, Transfer transfer) {
        Optional<ErrorCode> flaw = flaw(found, transfer.unit());
        if (flaw.isPresent()) {
            return flaw.get() == ErrorCode.QUOTE_ISSUED
                    ? replayOr(flaw.get(), order)
                    : Outcome.refused(flaw.get());
        }
        Optional<List<MintShare>> shares = shares(order, found, transfer.outputSum());
        if (shares.isEmpty()) {
            return replayOr(ErrorCode.UNBALANCED, order);
        }
        if (!isSigned(order, found)) {
            return Outcome.refused(ErrorCode.QUOTE_SIGNATURE);
        }
        return issue(order, shares.get(), transfer);
    }

    /// The very same order may have been carried out since its answer was looked for.
    private Outcome<List<BlindSignature>> replayOr(ErrorCode code, MintOrder order) {
        return ledger.findAnswer(order.requestHash())
                .<Outcome<List<BlindSignature>>>map(answer -> new Done<>(signer.proveAgain(answer)))
                .orElseGet(() -> Outcome.refused(code));
    }

    private static Optional<ErrorCode> flaw(List<MintQuote> found, CurrencyUnit unit) {
        Set<CurrencyUnit> units = EnumSet.noneOf(CurrencyUnit.class);
        found.forEach(quote -> units.add(quote.unit()));
        if (units.size() > 1) {
            return Optional.of(ErrorCode.SEVERAL_UNITS);
        }
        if (!units.contains(unit)) {
            return Optional.of(ErrorCode.UNIT_MISMATCH);
        }
        for (MintQuote quote : found) {
            switch (quote.state()) {
                case UNPAID -> {
                    return Optional.of(ErrorCode.QUOTE_UNPAID);
                }
                case ISSUED -> {
                    return Optional.of(ErrorCode.QUOTE_ISSUED);
                }
                case PAID -> {}
            }
        }
        return Optional.empty();
    }

    /// What every quote gives: what the wallet says, else the amounts of the quotes, else all that
    /// was paid; empty when none of that makes the sum of the outputs.
    private static Optional<List<MintShare>> shares(
            MintOrder order, List<MintQuote> found, long sum) {
        Stream<List<Long>> choices =
                order.amounts()
                        .map(Stream::of)
                        .orElseGet(() ->
                                Stream.of(
                                        found.stream().map(MintQuote::amount).toList(),
                                        found.stream().map(MintQuote::mintable).toList()));
        return choices.filter(amounts -> fits(amounts, found, sum))
                .findFirst()
                .map(amounts -> {
                    List<MintShare> shares = new ArrayList<>();
                    for (int i = 0; i < found.size(); i++) {
                        shares.add(new MintShare(found.get(i).id(), amounts.get(i)));
                    }
                    return shares;
                });
    }

    private static boolean fits(List<Long> amounts, List<MintQuote> found, long sum) {
        long total = 0;
        for (int i = 0; i < found.size(); i++) {
            MintQuote quote = found.get(i);
            long amount = amounts.get(i);
            boolean whole = amount == quote.amount() || amount == quote.mintable();
            if (!whole || amount > quote.mintable()) {
                return false;
            }
            total = Math.addExact(total, amount);
        }
        return total == sum;
    }

    /// In a batch, a signature for a quote without a lock is a mistake (NUT-29).
    private static boolean isSigned(MintOrder order, List<MintQuote> found) {
        for (int i = 0; i < found.size(); i++) {
            MintQuote quote = found.get(i);
            Optional<String> signature = order.signatures().get(i);
            boolean fine =
                    quote.pubkey().isEmpty()
                            ? signature.isEmpty() || !order.batch()
                            : signature
                                    .filter(hex ->
                                            QuoteLock.isOpenedBy(
                                                    hex,
                                                    quote.pubkey().get(),
                                                    quote.id().toString(),
                                                    order.outputs()))
                                    .isPresent();
            if (!fine) {
                return false;
            }
        }
        return true;
    }

    private Outcome<List<BlindSignature>> issue(
            MintOrder order, List<MintShare> shares, Transfer transfer) {
        steps.reached(Step.MINT_VERIFIED);
        List<BlindSignature> signatures = signer.sign(order.outputs());
        steps.reached(Step.MINT_SIGNED);
        Operation operation =
                new Operation(
                        ids.next(),
                        Operation.Kind.MINT,
                        transfer.unit(),
                        order.requestHash(),
                        shares.size() == 1
                                ? Optional.of(shares.getFirst().quoteId())
                                : Optional.empty(),
                        0,
                        transfer.outputSum(),
                        0,
                        clock.instant());
        Entry entry = new Entry(operation, List.of(), order.outputs(), signatures);
        SortedMap<UUID, Long> amounts = new TreeMap<>();
        shares.forEach(share -> amounts.merge(share.quoteId(), share.amount(), Math::addExact));
        Recorded issued = quotes.issue(amounts, entry);
        steps.reached(Step.MINT_COMMITTED);
        order.quoteIds().forEach(id -> steps.changed(new Changed.MintQuote(id)));
        return switch (issued) {
            case Recorded.Fresh() -> new Done<>(signatures);
            case Recorded.Replay(var earlier) -> new Done<>(signer.proveAgain(earlier));
            case Recorded.Conflict(ErrorCode code) -> Outcome.refused(code);
        };
    }
}
