package me.owlrun.gateway.pay;

import me.owlrun.money.Msat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Charges of keys, and which of them a thread of this process is at work on; every other open one
/// of this boot, or of one that is gone, was left behind and is refunded.
final class ChargeDesk implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ChargeDesk.class.getName());

    private static final int BATCH_MAX = 100;

    private final ChargeStore store;
    private final String bootId;
    private final PaySteps steps;
    private final Set<String> live = ConcurrentHashMap.newKeySet();

    ChargeDesk(ChargeStore store, String bootId, PaySteps steps) {
        this.store = store;
        this.bootId = bootId;
        this.steps = steps;
    }

    /// The row of a key in `api_key`.
    static ByteBuffer keyOf(BuyerKeys.Found.Key key) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(key.keySha256Hex()));
    }

    String bootId() {
        return bootId;
    }

    ChargeRows.Means means(BuyerKeys.Found.Key key) {
        return store.means(key);
    }

    Optional<ChargeRows.Known> ofIdempotencyKey(long accountId, String idempotencyKey) {
        return store.known(accountId, idempotencyKey);
    }

    ChargeRows.Held hold(ChargeRows.Hold hold) {
        live.add(hold.id());
        boolean ours = false;
        try {
            ChargeRows.Held result = store.hold(hold);
            if (result instanceof ChargeRows.Held.Done) {
                steps.reached(PayStep.CLAIMED);
                ours = true;
            }
            return result;
        } finally {
            if (!ours) { // nobody will close it: recovery refunds what may be held
                live.remove(hold.id());
            }
        }
    }

    Charge charge(ChargeRows.Open open) {
        return new KeyCharge(open);
    }

    /// Refunds what was left behind.
    void sweep() {
        List<ChargeRows.Open> left;
        do {
            left = store.open(bootId, List.copyOf(live), BATCH_MAX);
            left.forEach(this::refund);
        } while (left.size() == BATCH_MAX);
    }

    private void refund(ChargeRows.Open open) {
        if (live.contains(open.id()) || !store.adopt(open, bootId)) {
            return;
        }
        try {
            var _ = store.close(open.ownedBy(bootId), Optional.empty());
            LOG.log(
                    System.Logger.Level.INFO,
                    "charge {0}: refunded {1} that was left behind",
                    open.id(),
                    open.held().sum());
        } catch (PaymentLostException e) {
            LOG.log(System.Logger.Level.INFO, e.getMessage());
        }
    }

    /// Money held out of an account.
    private final class KeyCharge implements Charge {

        private final ChargeRows.Open open;

        private KeyCharge(ChargeRows.Open open) {
            this.open = open;
        }

        @Override
        public String id() {
            return open.id();
        }

        @Override
        public Msat held() {
            return open.held().sum();
        }

        @Override
        public Receipt settle(Service service) {
            steps.reached(PayStep.SETTLING);
            try {
                Receipt receipt = store.close(open, Optional.of(service));
                steps.reached(PayStep.SETTLED);
                return receipt;
            } finally {
                abandon();
            }
        }

        @Override
        public Receipt refund() {
            try {
                return store.close(open, Optional.empty());
            } finally {
                abandon();
            }
        }

        @Override
        public void abandon() {
            live.remove(open.id());
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
