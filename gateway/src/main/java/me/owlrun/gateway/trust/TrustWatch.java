package me.owlrun.gateway.trust;

import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.Lane;
import me.owlrun.gateway.job.NodeIdentity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Looks at every job that is over. What could speak against its node is put into a bounded queue
/// and judged on a thread of its own, so that no buyer waits for it; when the queue is full some of
/// it is not looked at, which only helps the node.
public final class TrustWatch implements Attempt.Listener, Runnable {

    private static final System.Logger LOG = System.getLogger(TrustWatch.class.getName());

    private static final int QUEUE_MAX = 10_000;
    private static final int BATCH_MAX = 1_000;
    private static final int GPUS_MAX = 10_000;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration BETWEEN_RESTS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_CLEANINGS = Duration.ofHours(1);
    private static final Duration GPU_KNOWN_FOR = Duration.ofMinutes(10);
    private static final Duration SIGNS_KEPT = Duration.ofDays(90);

    private final BlockingQueue<Attempt> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final TrustBook book;
    private final TrustStore store;
    private final NodeLookStore nodes;
    private final SpeedTable speeds;
    private final InstantSource clock;
    private final StopSignal stop;
    private final Map<NodeIdentity, Known> gpus = new LinkedHashMap<>();
    private Instant nextRests = Instant.EPOCH;
    private Instant nextCleaning = Instant.EPOCH;

    /// The hardware of a node as it was read.
    private record Known(String gpu, Instant readAt) {}

    TrustWatch(
            TrustBook book,
            TrustStore store,
            NodeLookStore nodes,
            SpeedTable speeds,
            InstantSource clock,
            StopSignal stop) {
        this.book = book;
        this.store = store;
        this.nodes = nodes;
        this.speeds = speeds;
        this.clock = clock;
        this.stop = stop;
    }

    @Override
    public void ended(Attempt attempt) {
        if (isLost(attempt) || isTimed(attempt)) {
            var _ = queue.offer(attempt);
        }
    }

    /// A buyer's job, taken and not done; a check that was answered wrongly is another matter.
    private static boolean isLost(Attempt attempt) {
        boolean lost =
                attempt.ending() == Attempt.Ending.FAILED
                        || attempt.ending() == Attempt.Ending.SILENT;
        return lost && attempt.want().lane() != Lane.PROBE;
    }

    private boolean isTimed(Attempt attempt) {
        return attempt.ending() == Attempt.Ending.ANSWERED && speeds.tells(attempt.tokens());
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        boolean stopping;
        do {
            stopping = stop.isStoppingWithin(BETWEEN_LOOKS);
            try {
                round();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "nodes were not judged; it goes on", e);
            }
        } while (!stopping);
    }

    private void round() {
        List<Attempt> batch = new ArrayList<>();
        queue.drainTo(batch, BATCH_MAX);
        batch.forEach(this::judge);
        Instant now = clock.instant();
        if (!now.isBefore(nextRests)) {
            nextRests = now.plus(BETWEEN_RESTS);
            book.endRests();
        }
        if (!now.isBefore(nextCleaning)) {
            nextCleaning = now.plus(BETWEEN_CLEANINGS);
            store.forget(now.minus(SIGNS_KEPT));
        }
    }

    private void judge(Attempt attempt) {
        if (isLost(attempt)) {
            book.dropped(attempt.node());
            return;
        }
        String model = attempt.want().model();
        Duration time = attempt.untilFirst().plus(attempt.writing());
        if (speeds.isTooFast(model, gpu(attempt.node()), attempt.tokens(), time)) {
            book.note(
                    attempt.node(),
                    Sign.TOO_FAST,
                    "%s: %d tokens in %d ms".formatted(model, attempt.tokens(), time.toMillis()));
        }
    }

    private String gpu(NodeIdentity node) {
        Instant now = clock.instant();
        Known known = gpus.get(node);
        if (known == null || known.readAt.plus(GPU_KNOWN_FOR).isBefore(now)) {
            if (gpus.size() >= GPUS_MAX) {
                gpus.clear();
            }
            known = new Known(nodes.gpu(node), now);
            gpus.put(node, known);
        }
        return known.gpu;
    }
}
