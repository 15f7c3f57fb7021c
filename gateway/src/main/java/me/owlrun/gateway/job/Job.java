package me.owlrun.gateway.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One offer of one request to one node, and the bounded relay of what the node does about it: the
/// node's thread puts events, the buyer's thread takes them. When the buyer reads slowly the relay
/// fills. A node that answers by a request of its own then waits, and the pressure reaches it
/// through that connection; a control channel, which carries other jobs too, must not wait, so its
/// job ends there. Another node gets another job, so nothing late can be mistaken.
public final class Job {

    /// Bytes of the answer that wait here for the buyer before the node has to wait.
    static final int BUFFER_BYTES_MAX = 262_144;

    /// Events that wait here; a flood of empty ones is bounded too.
    static final int EVENTS_MAX = 4_096;

    /// How long one job in all may hold up the control channel of its node, so that a buyer who
    /// only stumbles does not lose its answer.
    static final Duration STUMBLE_MAX = Duration.ofMillis(200);

    /// How long a node may go on sending after its job is over.
    private static final Duration ANSWER_END_MAX = Duration.ofSeconds(2);

    private final String id;
    private final Want want;
    private final NodeLink node;
    private final byte[] request;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<JobEvent> events = new ArrayDeque<>();
    private int bufferedBytes;
    private long stumbleNanosLeft = STUMBLE_MAX.toNanos();
    private boolean begun;
    private Optional<Thread> answering = Optional.empty();
    private boolean closed;
    private boolean heldUp;
    private long lastBytesNanos;

    Job(String id, Want want, NodeLink node, byte[] request) {
        this.id = id;
        this.want = want;
        this.node = node;
        this.request = request;
    }

    /// The identifier that the node sees.
    public String id() {
        return id;
    }

    /// The model asked for.
    public String model() {
        return want.model();
    }

    /// Whether the node gives it away.
    public boolean isFree() {
        return want.lane() == Lane.FREE;
    }

    /// The node it was offered to; no other may touch it.
    public NodeLink node() {
        return node;
    }

    /// The request for the node's engine, UTF-8 JSON, not to be changed.
    public byte[] request() {
        return request;
    }

    /// What became of an event.
    public enum Put {
        /// The buyer's side will see it.
        TAKEN,
        /// The job is over; the node may stop.
        CLOSED,
        /// The buyer's side did not make room in time; the job is lost.
        STALLED
    }

    /// Hands an event to the buyer's side; waits while the relay is full. When that takes too long
    /// the job is over: the buyer's side gets what is here already and no more.
    ///
    /// @param waitMax how long to wait for room
    public Put put(JobEvent event, Duration waitMax) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            came(event);
            var _ = awaitRoom(waitMax.toNanos());
            return add(event);
        } finally {
            lock.unlock();
        }
    }

    /// The same from a connection that other jobs share: it waits [#STUMBLE_MAX] in the life of the
    /// job and not longer.
    public Put putShared(JobEvent event) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            came(event);
            stumbleNanosLeft = awaitRoom(stumbleNanosLeft);
            return add(event);
        } finally {
            lock.unlock();
        }
    }

    private void came(JobEvent event) {
        if (event instanceof JobEvent.Bytes) {
            lastBytesNanos = System.nanoTime();
        }
    }

    /// When the node sent its last piece, by [System#nanoTime()]; empty when it sent none, or had
    /// to wait for the buyer, so that its pace is not its own.
    public OptionalLong lastPieceNanos() {
        lock.lock();
        try {
            return heldUp || lastBytesNanos == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(lastBytesNanos);
        } finally {
            lock.unlock();
        }
    }

    private long awaitRoom(long waitNanos) throws InterruptedException {
        long left = waitNanos;
        while (!closed && isFull() && left > 0) {
            heldUp = true;
            left = changed.awaitNanos(left);
        }
        return left;
    }

    private Put add(JobEvent event) {
        if (closed) {
            return Put.CLOSED;
        }
        boolean full = isFull();
        closed = full;
        events.addLast(full ? new JobEvent.Stalled() : event);
        bufferedBytes += full ? 0 : bytes(event);
        changed.signalAll();
        return full ? Put.STALLED : Put.TAKEN;
    }

    /// Begins an answer by a request of the node on this thread; false when one was begun before.
    public boolean beginAnswer() {
        lock.lock();
        try {
            boolean first = !begun;
            begun = true;
            if (first) {
                answering = Optional.of(Thread.currentThread());
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /// Ends it: this thread reads no more of it.
    public void endAnswer() {
        lock.lock();
        try {
            answering = Optional.empty();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Cuts off a node that goes on sending an answer that nobody takes, after a moment to end
    /// well.
    private void breakOffAnswer() {
        long left = ANSWER_END_MAX.toNanos();
        lock.lock();
        try {
            while (answering.isPresent() && left > 0) {
                left = changed.awaitNanos(left);
            }
            answering.ifPresent(Thread::interrupt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Hands over news that must arrive whatever waits already: the node is gone.
    void putUrgently(JobEvent event) {
        lock.lock();
        try {
            if (!closed) {
                events.addLast(event);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The next event, or nothing when none comes in time.
    ///
    /// @param waitMax how long to wait
    public Optional<JobEvent> next(Duration waitMax) throws InterruptedException {
        long left = waitMax.toNanos();
        lock.lockInterruptibly();
        try {
            while (events.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            Optional<JobEvent> event = Optional.ofNullable(events.pollFirst());
            event.ifPresent(taken -> bufferedBytes -= bytes(taken));
            changed.signalAll();
            return event;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the job for the node's side: whatever it still sends is dropped.
    void close() {
        lock.lock();
        try {
            closed = true;
            events.clear();
            bufferedBytes = 0;
            changed.signalAll();
            if (answering.isPresent()) {
                Thread.ofVirtual().name("answer-end").start(this::breakOffAnswer);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return bufferedBytes >= BUFFER_BYTES_MAX || events.size() >= EVENTS_MAX;
    }

    private static int bytes(JobEvent event) {
        return event instanceof JobEvent.Bytes bytes ? bytes.data().length : 0;
    }
}
