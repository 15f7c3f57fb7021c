package me.owlrun.mint.subscribe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// One subscription: remembers what it told last, so that each change is told once. States are read
/// under its lock, so that what is told never goes back in time.
final class Subscription {

    private static final String STATE = "state";
    private static final String PENDING = "PENDING";

    private final Kind kind;
    private final String subId;
    private final Set<String> filters;
    private final States states;
    private final Consumer<String> outbox;
    private final Map<String, ObjectNode> told = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /// @param outbox takes what the wallet is told
    Subscription(Heard.Subscribe asked, States states, Consumer<String> outbox) {
        this.kind = asked.kind();
        this.subId = asked.subId();
        this.filters = asked.filters();
        this.states = states;
        this.outbox = outbox;
    }

    Kind kind() {
        return kind;
    }

    Set<String> filters() {
        return filters;
    }

    /// Accepts, becomes known to those who report changes, and tells how everything stands, in this
    /// order; changes meanwhile wait for the lock.
    void begin(String acceptance, Runnable register) {
        lock.lock();
        try {
            outbox.accept(acceptance);
            register.run();
            tellAll(filters);
        } finally {
            lock.unlock();
        }
    }

    /// Something it watches may have changed.
    void touched(Touched change) {
        lock.lock();
        try {
            ObjectNode before = told.get(change.filter());
            ObjectNode now = states.of(kind, List.of(change.filter())).get(change.filter());
            if (now == null) {
                return;
            }
            boolean fresh = before == null || isFirst(before);
            if (change.pending() && fresh) {
                tell(change.filter(), pending(now));
                return;
            }
            tell(change.filter(), now);
        } finally {
            lock.unlock();
        }
    }

    /// Reads everything again.
    void refresh() {
        lock.lock();
        try {
            tellAll(filters);
        } finally {
            lock.unlock();
        }
    }

    /// Reads again what was pending.
    void refreshPending() {
        refreshWhere(state -> state.equals(PENDING));
    }

    private void refreshWhere(Predicate<String> wanted) {
        lock.lock();
        try {
            tellAll(inState(wanted));
        } finally {
            lock.unlock();
        }
    }

    /// The mint quotes nobody paid yet, as far as was told.
    List<String> unpaid() {
        lock.lock();
        try {
            return kind == Kind.MINT_QUOTE ? inState(state -> state.equals("UNPAID")) : List.of();
        } finally {
            lock.unlock();
        }
    }

    private List<String> inState(Predicate<String> wanted) {
        return told.entrySet().stream()
                .filter(entry -> wanted.test(entry.getValue().path(STATE).asText()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void tellAll(Collection<String> some) {
        if (some.isEmpty()) {
            return;
        }
        Map<String, ObjectNode> now = states.of(kind, some);
        for (String filter : some) {
            ObjectNode state = now.get(filter);
            if (state != null) {
                tell(filter, state);
            }
        }
    }

    private void tell(String filter, ObjectNode now) {
        ObjectNode before = told.get(filter);
        if (now.equals(before)) {
            return;
        }
        if (before != null && isFirst(before)) {
            between(now).ifPresent(state -> outbox.accept(Told.state(subId, state)));
        }
        told.put(filter, now);
        outbox.accept(Told.state(subId, now));
    }

    /// The state that was passed on the way from the first one to this, which wallets wait for.
    private Optional<ObjectNode> between(ObjectNode now) {
        return switch (now.path(STATE).asText()) {
            case "PAID" -> kind == Kind.MELT_QUOTE ? Optional.of(pending(now)) : Optional.empty();
            case "SPENT" -> Optional.of(pending(now));
            case "ISSUED" -> Optional.of(now.deepCopy().put(STATE, "PAID").put("amount_issued", 0));
            default -> Optional.empty();
        };
    }

    private static boolean isFirst(ObjectNode state) {
        return Set.of("UNPAID", "UNSPENT").contains(state.path(STATE).asText());
    }

    /// How it stood while its payment was under way.
    private ObjectNode pending(ObjectNode now) {
        ObjectNode pending = now.deepCopy().put(STATE, PENDING);
        if (kind == Kind.MELT_QUOTE) {
            pending.putNull("payment_preimage").remove("change");
        } else {
            pending.putNull("witness");
        }
        return pending;
    }
}
