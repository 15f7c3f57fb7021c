package me.owlrun.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Lets many threads share one round trip: each hands in a question and waits; a few worker threads
/// take whatever is there, up to a limit, and answer it together. Nobody waits for a batch to fill.
///
/// @param <Q> what is handed in
/// @param <A> what comes back
public final class Batcher<Q, A> implements AutoCloseable {

    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(30);

    private final BlockingQueue<Ticket<Q, A>> queue;
    private final int batchMax;
    private final Consumer<List<Ticket<Q, A>>> work;
    private final List<Thread> workers = new ArrayList<>();

    private volatile boolean closed;

    /// @param queueMax how many may wait; more are turned away
    /// @param batchMax how many are answered together
    /// @param work answers every ticket it is given; what it throws goes to those it left open
    public Batcher(
            String name,
            int threads,
            int queueMax,
            int batchMax,
            Consumer<List<Ticket<Q, A>>> work) {
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.batchMax = batchMax;
        this.work = work;
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofVirtual().name(name).start(this::run));
        }
    }

    /// A question that waits for its answer.
    ///
    /// @param <Q> what is asked
    /// @param <A> what is answered
    public static final class Ticket<Q, A> {

        private final Optional<Q> question;
        private final CountDownLatch open = new CountDownLatch(1);
        private Optional<A> answer = Optional.empty();
        private Optional<Throwable> failure = Optional.empty();

        private Ticket(Optional<Q> question) {
            this.question = question;
        }

        /// What was asked.
        public Q question() {
            return question.orElseThrow();
        }

        /// Answers; the one who asked goes on.
        public void answer(A given) {
            answer = Optional.of(given);
            open.countDown();
        }

        /// Answers with what a function makes of the question, or with its failure.
        public void answerFrom(Function<Q, A> function) {
            try {
                answer(function.apply(question()));
            } catch (RuntimeException e) { // the others of the batch go on
                fail(e);
            }
        }

        /// Whether it has no answer yet.
        public boolean isOpen() {
            return open.getCount() > 0;
        }

        private void fail(Throwable reason) {
            failure = Optional.of(reason);
            open.countDown();
        }

        /// Waits however long it takes: what becomes of money is worth knowing.
        private Optional<A> await() {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        open.await();
                        break;
                    } catch (InterruptedException _) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            failure.ifPresent(reason -> {
                throw new BatchException(reason);
            });
            return answer;
        }
    }

    /// Hands in a question and waits for the answer.
    ///
    /// @return empty when too many wait already or the batcher is closed; then nothing was done
    /// @throws BatchException when the work failed
    public Optional<A> ask(Q question) {
        Ticket<Q, A> ticket = new Ticket<>(Optional.of(question));
        if (closed || !queue.offer(ticket)) {
            return Optional.empty();
        }
        if (closed && queue.remove(ticket)) {
            return Optional.empty(); // the workers may have left before they saw it
        }
        return ticket.await();
    }

    /// As [#ask], for work that must not be turned away; what the work threw is thrown here.
    ///
    /// @throws IllegalStateException when too many wait already or the batcher is closed; then
    ///   nothing was done
    public A mustAsk(Q question) {
        try {
            return ask(question)
                    .orElseThrow(() -> new IllegalStateException("the queue takes no more"));
        } catch (BatchException e) {
            if (e.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            throw e;
        }
    }

    /// Answers a batch by one piece of work for all; when that fails for a reason that may lie in
    /// one of them, each is tried by itself, so that none sinks the others.
    ///
    /// @param work gives an answer for each question in order, and leaves nothing when it throws
    /// @param isOfOne whether a failure may lie in one question
    public static <Q, A> void together(
            List<Ticket<Q, A>> batch,
            Function<List<Q>, List<A>> work,
            Predicate<RuntimeException> isOfOne) {
        try {
            List<A> answers = work.apply(batch.stream().map(Ticket::question).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (batch.size() == 1 || !isOfOne.test(e)) {
                throw e;
            }
            batch.forEach(ticket ->
                    ticket.answerFrom(question -> work.apply(List.of(question)).getFirst()));
        }
    }

    /// How many wait.
    public int waiting() {
        return queue.size();
    }

    private void run() {
        List<Ticket<Q, A>> batch = new ArrayList<>();
        while (true) {
            batch.clear();
            try {
                batch.add(queue.take());
            } catch (InterruptedException _) {
                continue; // only an end mark ends it
            }
            queue.drainTo(batch, batchMax - 1);
            boolean end = batch.removeIf(ticket -> ticket.question.isEmpty());
            if (!batch.isEmpty()) {
                answer(batch);
            }
            if (end) {
                queue.offer(new Ticket<>(Optional.empty())); // for the next worker
                return;
            }
        }
    }

    private void answer(List<Ticket<Q, A>> batch) {
        try {
            work.accept(List.copyOf(batch));
        } catch (RuntimeException | Error e) { // the edge of the thread; the callers get it
            batch.stream().filter(Ticket::isOpen).forEach(ticket -> ticket.fail(e));
        }
        batch.stream()
                .filter(Ticket::isOpen)
                .forEach(ticket -> ticket.fail(new IllegalStateException("left unanswered")));
    }

    /// Answers what waits, then stops.
    @Override
    public void close() {
        closed = true;
        try {
            queue.put(new Ticket<>(Optional.empty()));
            for (Thread worker : workers) {
                worker.join(STOP_WAIT_MAX);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
