package me.owlrun.gateway.payout;

import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.gateway.vault.MintOperation;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/// A mint in memory whose requests and answers get lost, come late, or twice, and whose payments
/// hang, fail, and look failed while they do not. Time is a number that the test moves.
final class SimMint implements PayoutMint {

    static final KeysetId KEYSET = new KeysetId("00ffffffffffffff");
    private static final Point ANY = new Scalar(BigInteger.TWO).publicKey();
    private static final int FAILED_CODE = 20004;
    private static final int SPENT_CODE = 11001;

    /// A request that arrives later than its sender waits.
    private record Late(long at, MintOperation operation) {}

    private final SplittableRandom random;
    private final Map<String, UUID> spentBy = new HashMap<>();
    private final Set<String> pending = new HashSet<>();
    private final Map<String, MintOperation> hanging = new LinkedHashMap<>();
    private final Map<String, MintOperation> paid = new HashMap<>();
    private final Set<UUID> swapped = new HashSet<>();
    private final List<Late> late = new ArrayList<>();
    private final Runnable meanwhile;
    private long now;
    private int faultPercent;

    /// @param meanwhile what happens elsewhere while a request is on its way
    SimMint(SplittableRandom random, int faultPercent, Runnable meanwhile) {
        this.random = random;
        this.faultPercent = faultPercent;
        this.meanwhile = meanwhile;
    }

    /// Nothing goes wrong any more.
    void heal() {
        faultPercent = 0;
    }

    /// Moves time; what was on its way arrives, what hung may end.
    void advance(long steps) {
        now += steps;
        List<Late> due = late.stream().filter(request -> request.at <= now).toList();
        late.removeAll(due);
        due.forEach(request -> arrive(request.operation));
        for (MintOperation melt : List.copyOf(hanging.values())) {
            if (faultPercent == 0 || random.nextInt(4) == 0) {
                end(melt, random.nextBoolean());
            }
        }
    }

    boolean isQuiet() {
        return late.isEmpty() && hanging.isEmpty();
    }

    /// Whether the payee got the money of this quote.
    boolean isPaid(String quoteId) {
        return paid.containsKey(quoteId);
    }

    boolean isSwapped(UUID operation) {
        return swapped.contains(operation);
    }

    boolean isSpent(String secret) {
        return spentBy.containsKey(secret) || pending.contains(secret);
    }

    private boolean fault() {
        return random.nextInt(100) < faultPercent;
    }

    private void arrive(MintOperation operation) {
        if (operation.kind() == MintOperation.Kind.MELT) {
            melt(operation);
        } else {
            swap(operation);
        }
    }

    /// Sends a request through the weather; false when the sender sees no answer.
    private boolean deliver(MintOperation operation) {
        meanwhile.run();
        if (fault()) {
            if (random.nextBoolean()) {
                late.add(new Late(now + 1 + random.nextInt(200), operation));
            }
            return false;
        }
        arrive(operation);
        if (fault()) {
            late.add(new Late(now + 1 + random.nextInt(200), operation));
        }
        return !fault();
    }

    private boolean taken(MintOperation operation) {
        return operation.inputs().stream()
                .map(Proof::secret)
                .anyMatch(secret -> spentBy.containsKey(secret) || pending.contains(secret));
    }

    private void melt(MintOperation melt) {
        String quote = melt.quoteId().orElseThrow();
        if (paid.containsKey(quote) || hanging.containsKey(quote) || taken(melt)) {
            return;
        }
        melt.inputs().forEach(input -> pending.add(input.secret()));
        hanging.put(quote, melt);
        if (random.nextInt(3) > 0) {
            end(melt, faultPercent == 0 || random.nextInt(3) > 0);
        }
    }

    private void end(MintOperation melt, boolean success) {
        String quote = melt.quoteId().orElseThrow();
        hanging.remove(quote);
        melt.inputs().forEach(input -> pending.remove(input.secret()));
        if (success) {
            melt.inputs().forEach(input -> spentBy.put(input.secret(), melt.id()));
            paid.put(quote, melt);
        }
    }

    private void swap(MintOperation swap) {
        if (!swapped.contains(swap.id()) && !taken(swap)) {
            swap.inputs().forEach(input -> spentBy.put(input.secret(), swap.id()));
            swapped.add(swap.id());
        }
    }

    static Proof proof(OutputData output, long amount) {
        return new Proof(amount, KEYSET, output.secret(), ANY, Optional.empty(), Optional.empty());
    }

    private static List<Proof> proofs(MintOperation operation) {
        return operation.outputs().stream().map(output -> proof(output, output.amount())).toList();
    }

    /// A fee of one step; the rest comes back as change on the first blank.
    private static List<Proof> change(MintOperation melt, Payout payout) {
        long over =
                melt.inputSteps() - payout.unit().floorSteps(payout.amount()) - melt.feeSteps() - 1;
        return over > 0 && !melt.outputs().isEmpty()
                ? List.of(proof(melt.outputs().getFirst(), over))
                : List.of();
    }

    @Override
    public PayoutEvent send(Payout payout, MintOperation operation, boolean first) {
        boolean answered = deliver(operation);
        if (payout.method() == Payout.Method.ECASH) {
            return answered && isSwapped(operation.id())
                    ? new PayoutEvent.Arrived(Optional.empty(), proofs(operation))
                    : new PayoutEvent.Unclear("no answer");
        }
        if (!answered) {
            return new PayoutEvent.Unclear("no answer");
        }
        PayoutEvent seen = state(payout, operation);
        return seen instanceof PayoutEvent.NotSeen
                ? new PayoutEvent.Refused(Failure.NO_ROUTE, FAILED_CODE)
                : seen;
    }

    private PayoutEvent state(Payout payout, MintOperation melt) {
        String quote = melt.quoteId().orElseThrow();
        if (paid.containsKey(quote)) {
            return new PayoutEvent.Arrived(Optional.empty(), change(melt, payout));
        }
        return hanging.containsKey(quote)
                ? new PayoutEvent.Unclear("on its way")
                : new PayoutEvent.NotSeen(true);
    }

    /// A stale answer says that nothing is being done, whatever is.
    @Override
    public PayoutEvent look(Payout payout, MintOperation operation) {
        meanwhile.run();
        if (fault()) {
            return random.nextBoolean()
                    ? new PayoutEvent.Unclear("no answer")
                    : new PayoutEvent.NotSeen(true);
        }
        return state(payout, operation);
    }

    @Override
    public PayoutEvent recall(Payout payout, MintOperation recall) {
        boolean answered = deliver(recall);
        if (!answered) {
            return new PayoutEvent.Unclear("no answer");
        }
        if (isSwapped(recall.id())) {
            return new PayoutEvent.Recalled(proofs(recall));
        }
        boolean spent =
                recall.inputs().stream().anyMatch(input -> spentBy.containsKey(input.secret()));
        return spent
                ? new PayoutEvent.InputsGone(SPENT_CODE)
                : new PayoutEvent.Unclear("coins are in use");
    }

    @Override
    public Optional<MintOperation> planRecall(MintOperation payment) {
        return fault()
                ? Optional.empty()
                : Optional.of(
                        new MintOperation(
                                UUID.randomUUID(),
                                MintOperation.Purpose.RECALL,
                                payment.inputs(),
                                Optional.empty(),
                                KEYSET,
                                payment.unit(),
                                payment.feeSteps(),
                                List.of(output(payment.inputSteps() - payment.feeSteps()))));
    }

    /// An output with a secret of its own.
    static OutputData output(long amount) {
        return new OutputData(
                amount, KEYSET, UUID.randomUUID().toString(), new Scalar(BigInteger.TWO));
    }
}
