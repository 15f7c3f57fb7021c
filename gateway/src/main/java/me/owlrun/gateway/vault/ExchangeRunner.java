package me.owlrun.gateway.vault;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Proof;
import me.owlrun.gateway.instance.StopSignal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Carries exchanges forward, one step after the other. It may stop or die between any two lines:
/// what was written down is enough to go on, here or at another gateway. Two at once are safe, too:
/// the table takes one change of a version, the mint pays a quote once and issues it once.
final class ExchangeRunner {

    private static final System.Logger LOG = System.getLogger(ExchangeRunner.class.getName());

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final int LOOKS_MAX = 8;

    /// The mint knows the keyset no longer, or signs no more with it.
    private static final Set<Integer> KEYSET_GONE = Set.of(12001, 12002);

    /// After these the same swap can never succeed later.
    private static final Set<Integer> FINAL_REFUSALS = Set.of(11001, 12001, 12002);

    private final ExchangeStore store;
    private final MintKeysets keysets;
    private final OperationRunner runner;
    private final Melter melter;
    private final MeltPlans plans;
    private final StopSignal stop;

    ExchangeRunner(
            ExchangeStore store,
            MintKeysets keysets,
            OperationRunner runner,
            Melter melter,
            MeltPlans plans,
            StopSignal stop) {
        this.store = store;
        this.keysets = keysets;
        this.runner = runner;
        this.melter = melter;
        this.plans = plans;
        this.stop = stop;
    }

    /// Pays for an exchange that was just written down, and waits a moment for its end.
    Exchange carryOut(Exchange begun) {
        Exchange now = pay(begun);
        for (int look = 0; look < LOOKS_MAX && !now.state().isClosed(); look++) {
            Exchange before = now;
            now = step(before);
            if (now.version() == before.version() && stop.isStoppingWithin(BETWEEN_LOOKS)) {
                return now;
            }
        }
        return now;
    }

    /// Steps as far as it goes without waiting.
    void follow(Exchange read) {
        Exchange before = read;
        Exchange now = step(before);
        while (now.version() != before.version() && !now.state().isClosed()) {
            before = now;
            now = step(before);
        }
    }

    /// One step; the same exchange when nothing changed.
    private Exchange step(Exchange exchange) {
        return switch (exchange.state()) {
            case PAYING -> look(exchange);
            case TAKING -> take(exchange);
            case RECALLING -> recall(exchange);
            case DONE, FAILED -> exchange;
        };
    }

    private Exchange pay(Exchange exchange) {
        return paid(exchange, melter.send(store.operation(exchange.pay())));
    }

    private Exchange look(Exchange exchange) {
        MeltOutcome outcome = melter.look(store.operation(exchange.pay()));
        return outcome instanceof MeltOutcome.Unpaid ? pay(exchange) : paid(exchange, outcome);
    }

    private Exchange paid(Exchange exchange, MeltOutcome outcome) {
        return switch (outcome) {
            case MeltOutcome.Paid _ -> beginTake(exchange);
            case MeltOutcome.Refused(int code) -> beginRecall(exchange, code);
            case MeltOutcome.Pending(),
                    MeltOutcome.Unpaid(),
                    MeltOutcome.NotReached(),
                    MeltOutcome.Unclear(String _) ->
                    exchange;
        };
    }

    private Exchange beginTake(Exchange exchange) {
        return active(exchange.to())
                .flatMap(keyset -> store.taking(exchange, takePlan(exchange, keyset.id())))
                .orElse(exchange);
    }

    private MintOperation takePlan(Exchange exchange, KeysetId target) {
        return new MintOperation(
                UUID.randomUUID(),
                MintOperation.Purpose.EXCHANGE_TAKE,
                List.of(),
                Optional.of(exchange.mintQuote()),
                target,
                exchange.to(),
                0,
                plans.outputs(Amounts.split(exchange.to().floorSteps(exchange.amount())), target));
    }

    private Exchange take(Exchange exchange) {
        MintOperation take = store.operation(exchange.take().orElseThrow());
        return switch (runner.runAgain(take)) {
            case OperationResult.Done(List<Proof> proofs) -> end(exchange, take, proofs);
            case OperationResult.Refused(int code) when KEYSET_GONE.contains(code) -> {
                keysets.refresh();
                yield beginTake(exchange);
            }
            case OperationResult.Refused(int code) -> {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "exchange {0}: the mint took our payment and gives nothing (code {1})",
                        exchange.id(),
                        code);
                yield exchange;
            }
            case OperationResult.NotSent(), OperationResult.Pending(String _) -> exchange;
        };
    }

    /// The melt's change is asked for again; the mint keeps it.
    private Exchange end(Exchange exchange, MintOperation take, List<Proof> taken) {
        MintOperation pay = store.operation(exchange.pay());
        return melter.look(pay) instanceof MeltOutcome.Paid(var _, List<Proof> left)
                ? store.done(exchange, pay, left, take, taken).orElse(exchange)
                : exchange;
    }

    private Exchange beginRecall(Exchange exchange, int code) {
        LOG.log(
                System.Logger.Level.WARNING,
                "exchange {0}: the mint refuses with code {1}; the coins are taken back",
                exchange.id(),
                code);
        keysets.refresh();
        MintOperation pay = store.operation(exchange.pay());
        return active(exchange.from())
                .flatMap(keyset -> store.recalling(exchange, plans.recall(pay, keyset.id())))
                .orElse(exchange);
    }

    private Exchange recall(Exchange exchange) {
        MintOperation recall = store.operation(exchange.recall().orElseThrow());
        return switch (runner.runAgain(recall)) {
            case OperationResult.Done(List<Proof> proofs) ->
                    store.recalled(exchange, recall, proofs).orElse(exchange);
            case OperationResult.Refused(int code) when FINAL_REFUSALS.contains(code) -> {
                keysets.refresh();
                yield store.notRecalled(exchange, code).orElse(exchange);
            }
            case OperationResult.Refused _,
                    OperationResult.NotSent(),
                    OperationResult.Pending(String _) ->
                    exchange;
        };
    }

    private Optional<Keyset> active(CurrencyUnit unit) {
        return keysets.active(unit) instanceof MintKeysets.Lookup.Found<Keyset>(Keyset keyset)
                ? Optional.of(keyset)
                : Optional.empty();
    }
}
