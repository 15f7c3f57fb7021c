package me.owlrun.gateway.payout;

import me.owlrun.cashu.Proof;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.SpendPicker;
import me.owlrun.gateway.vault.VaultProof;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// The book in memory, as plain as it can be: each method is one transaction.
final class SimBook implements PayoutBook {

    private final Map<String, Payout> rows = new LinkedHashMap<>();
    private final Map<String, Instant> nextLooks = new HashMap<>();
    private final Map<UUID, MintOperation> operations = new HashMap<>();
    private final Map<String, Proof> held = new LinkedHashMap<>();
    private final InstantSource clock;
    private Msat balance;
    private Msat given = Msat.ZERO;

    SimBook(InstantSource clock, Msat balance, List<Long> coins) {
        this.clock = clock;
        this.balance = balance;
        for (long amount : coins) {
            Proof proof = SimMint.proof(SimMint.output(amount), amount);
            held.put(proof.secret(), proof);
        }
    }

    Msat balance() {
        return balance;
    }

    /// What left as tokens.
    Msat given() {
        return given;
    }

    List<Payout> all() {
        return List.copyOf(rows.values());
    }

    List<Proof> held() {
        return List.copyOf(held.values());
    }

    @Override
    public Began begin(PayoutRequest request) {
        if (request.invoice().isPresent()
                && rows.values().stream()
                        .anyMatch(row ->
                                row.method() == Payout.Method.LIGHTNING
                                        && !row.state().isClosed())) {
            return new Began.InProgress();
        }
        Msat taken = request.amount().plus(request.reserve());
        if (balance.compareTo(taken) < 0) {
            return new Began.Insufficient(balance);
        }
        List<VaultProof> coins = new ArrayList<>();
        held.values().forEach(proof -> coins.add(new VaultProof(coins.size(), proof)));
        coins.sort(Comparator.comparingLong(VaultProof::amount).reversed());
        Optional<SpendPicker.Picked> picked =
                SpendPicker.pick(request.needSteps(), coins, _ -> OptionalLong.of(0));
        if (picked.isEmpty()) {
            return new Began.VaultShort();
        }
        MintOperation operation = request.plan().apply(picked.get());
        operations.put(operation.id(), operation);
        picked.get().proofs().forEach(coin -> held.remove(coin.proof().secret()));
        balance = balance.minus(taken);
        Payout payout = row(request, operation.id());
        rows.put(payout.id(), payout);
        nextLooks.put(payout.id(), clock.instant().plusSeconds(60));
        return new Began.Opened(payout);
    }

    private Payout row(PayoutRequest request, UUID operation) {
        return new Payout(
                "po_" + rows.size(),
                request.accountId(),
                request.method(),
                request.automatic(),
                Payout.State.SENT,
                0,
                request.amount(),
                request.reserve(),
                Optional.empty(),
                request.unit(),
                request.tokenB(),
                request.address(),
                request.invoice().map(PayoutRequest.ToPay::bolt11),
                request.invoice().map(PayoutRequest.ToPay::paymentHash),
                request.invoice().flatMap(PayoutRequest.ToPay::expiresAt),
                operation,
                Optional.empty(),
                request.givenCount(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                "",
                1,
                0,
                clock.instant(),
                clock.instant(),
                Optional.empty());
    }

    private static <K, V> V known(Map<K, V> map, K key) {
        return Optional.ofNullable(map.get(key)).orElseThrow();
    }

    private Optional<Payout> change(
            Payout old,
            Payout.State state,
            Optional<UUID> recall,
            Optional<Failure> failure,
            int sends,
            int looks) {
        Payout now = known(rows, old.id());
        if (now.version() != old.version()) {
            return Optional.empty();
        }
        Payout next =
                new Payout(
                        old.id(),
                        old.accountId(),
                        old.method(),
                        old.automatic(),
                        state,
                        old.version() + 1,
                        old.amount(),
                        old.reserve(),
                        old.fee(),
                        old.unit(),
                        old.tokenB(),
                        old.address(),
                        old.bolt11(),
                        old.paymentHash(),
                        old.quoteExpiresAt(),
                        old.operation(),
                        recall,
                        old.givenCount(),
                        old.preimage(),
                        old.token(),
                        false,
                        failure,
                        "",
                        sends,
                        looks,
                        old.nextLookAt(),
                        old.createdAt(),
                        state.isClosed() ? Optional.of(clock.instant()) : Optional.empty());
        rows.put(old.id(), next);
        return Optional.of(next);
    }

    @Override
    public List<Payout> claimOpen(int countMax, Duration keepFor) {
        List<Payout> due =
                rows.values().stream()
                        .filter(row -> !row.state().isClosed())
                        .filter(row -> !known(nextLooks, row.id()).isAfter(clock.instant()))
                        .limit(countMax)
                        .toList();
        due.forEach(row -> nextLooks.put(row.id(), clock.instant().plus(keepFor)));
        return due;
    }

    @Override
    public MintOperation operation(UUID id) {
        return known(operations, id);
    }

    @Override
    public Optional<Payout> sendingAgain(Payout payout) {
        return change(
                payout,
                Payout.State.UNKNOWN,
                payout.recall(),
                payout.failure(),
                payout.sends() + 1,
                payout.looks());
    }

    @Override
    public Optional<Payout> later(
            Payout payout, Payout.State next, String evidence, Duration wait) {
        nextLooks.put(payout.id(), clock.instant().plus(wait));
        return change(
                payout,
                next,
                payout.recall(),
                payout.failure(),
                payout.sends(),
                payout.looks() + 1);
    }

    @Override
    public Optional<Payout> recalling(Payout payout, MintOperation recall, Failure failure) {
        Optional<Payout> after =
                change(
                        payout,
                        Payout.State.RECALLING,
                        Optional.of(recall.id()),
                        Optional.of(failure),
                        payout.sends(),
                        payout.looks());
        after.ifPresent(_ -> operations.put(recall.id(), recall));
        return after;
    }

    @Override
    public Optional<Payout> notRecalled(Payout payout, int code) {
        nextLooks.put(payout.id(), clock.instant().plusSeconds(1));
        return change(
                payout,
                Payout.State.UNKNOWN,
                payout.recall(),
                Optional.empty(),
                payout.sends(),
                payout.looks() + 1);
    }

    private Optional<Payout> close(Payout payout, Payout.State state) {
        return change(
                payout, state, payout.recall(), payout.failure(), payout.sends(), payout.looks());
    }

    @Override
    public Optional<Payout> paid(Payout payout, PayoutEvent.Arrived arrived) {
        Optional<Payout> after = close(payout, Payout.State.PAID);
        after.ifPresent(_ -> {
            int kept = payout.method() == Payout.Method.ECASH ? payout.givenCount() : 0;
            List<Proof> proofs = arrived.proofs();
            proofs.subList(kept, proofs.size()).forEach(p -> held.put(p.secret(), p));
            long in = known(operations, payout.operation()).inputSteps();
            long out = proofs.stream().mapToLong(Proof::amount).sum();
            if (kept > 0) {
                given = given.plus(payout.amount());
            } else {
                Msat fee = payout.unit().toMsat(in - out).minus(payout.amount());
                balance = balance.plus(payout.reserve().minus(fee));
            }
        });
        return after;
    }

    @Override
    public Optional<Payout> declined(Payout payout, Failure failure, int code) {
        Optional<Payout> after = close(payout, Payout.State.FAILED);
        after.ifPresent(_ -> {
            known(operations, payout.operation()).inputs().forEach(p -> held.put(p.secret(), p));
            balance = balance.plus(payout.held());
        });
        return after;
    }

    @Override
    public Optional<Payout> recalled(Payout payout, List<Proof> proofs) {
        Optional<Payout> after = close(payout, Payout.State.FAILED);
        after.ifPresent(_ -> {
            proofs.forEach(p -> held.put(p.secret(), p));
            balance = balance.plus(payout.held());
        });
        return after;
    }
}
