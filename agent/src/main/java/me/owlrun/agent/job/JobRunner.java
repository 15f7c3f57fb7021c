package me.owlrun.agent.job;

import me.owlrun.agent.engine.AnswerTally;
import me.owlrun.agent.engine.Engine;
import me.owlrun.agent.engine.EngineRequest;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Outbound;

import java.io.IOException;
import java.lang.System.Logger;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs accepted jobs, each on a virtual thread of its own, and knows which are running. A job ends
/// in exactly one of: the answer's end, a `proxy_error`, or silence if nobody wants it any more.
/// Prompts and answers pass through and are never kept or logged.
public final class JobRunner implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JobRunner.class.getName());

    private final Engine engine;
    private final HttpClient client;
    private final Gateway gateway;
    private final boolean answersByPost;
    private final RequestFetch fetch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Map<String, RunningJob> running = new ConcurrentHashMap<>();
    private final AtomicInteger busy = new AtomicInteger();
    private final LongAdder served = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder stopped = new LongAdder();
    private final LongAdder tokens = new LongAdder();

    /// @param engine what answers
    /// @param client for the gateway
    /// @param gateway where requests come from and answers go
    /// @param answersByPost whether answers go by HTTP POST; else by the control channel
    public JobRunner(Engine engine, HttpClient client, Gateway gateway, boolean answersByPost) {
        this.engine = engine;
        this.client = client;
        this.gateway = gateway;
        this.answersByPost = answersByPost;
        this.fetch = new RequestFetch(client, gateway);
    }

    /// Starts an accepted job; one that is already running is not started again.
    ///
    /// @param channel where its offer came from
    public void start(String jobId, Channel channel) {
        RunningJob job = new RunningJob(jobId, channel);
        if (running.putIfAbsent(jobId, job) == null) {
            busy.incrementAndGet();
            job.thread.start();
        }
    }

    /// Stops a job because nobody wants its answer; unknown jobs are ignored.
    public void cancel(String jobId) {
        RunningJob job = running.get(jobId);
        if (job != null) {
            job.thread.interrupt();
        }
    }

    /// Stops every job whose offer came over this channel.
    public void cancelAll(Channel channel) {
        running.values().stream()
                .filter(job -> job.channel.equals(channel))
                .forEach(job -> job.thread.interrupt());
    }

    /// Stops every job and gives it back to the gateway, which asks another node: the owner needs
    /// the machine.
    public void handBackAll() {
        running.values()
                .forEach(job -> {
                    job.handedBack = true;
                    job.thread.interrupt();
                });
    }

    /// How many jobs keep the engine busy now. A job whose engine is done does not count, although
    /// its last message may still be on its way: the gateway may offer the next one before we know
    /// that it has arrived.
    public int runningCount() {
        return busy.get();
    }

    /// How jobs went so far.
    public JobCounts counts() {
        return new JobCounts(busy.get(), served.sum(), failed.sum(), stopped.sum(), tokens.sum());
    }

    /// Waits until no job runs.
    ///
    /// @return whether that happened within the limit
    public boolean awaitIdle(Duration limit) throws InterruptedException {
        long leftNanos = limit.toNanos();
        lock.lock();
        try {
            while (!running.isEmpty() && leftNanos > 0) {
                leftNanos = ended.awaitNanos(leftNanos);
            }
            return running.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Stops every job.
    @Override
    public void close() {
        running.values().forEach(job -> job.thread.interrupt());
    }

    private void run(RunningJob job) throws InterruptedException {
        switch (fetch.fetch(job.jobId)) {
            case RequestFetch.Fetched.Failure(String why) ->
                    fail(job, new Outbound.ProxyError(job.jobId, "fetch_failed", why, true));
            case RequestFetch.Fetched.Unreadable(String why) ->
                    fail(job, new Outbound.ProxyError(job.jobId, "bad_request", why, false));
            case RequestFetch.Fetched.Request(EngineRequest request) -> answer(job, request);
        }
    }

    private void answer(RunningJob job, EngineRequest request) throws InterruptedException {
        String jobId = job.jobId;
        AnswerWay way =
                answersByPost
                        ? new PostAnswer(jobId, job.channel, client, gateway)
                        : new SocketAnswer(jobId, job.channel);
        boolean settled = false;
        try {
            Engine.Answer answer = engine.answer(request, way);
            job.free();
            switch (answer) {
                case Engine.Answer.Complete(AnswerTally tally) -> complete(jobId, way, tally);
                case Engine.Answer.Failed(String code, String message, boolean retryable) -> {
                    way.fail(new Outbound.ProxyError(jobId, code, message, retryable));
                    failed.increment();
                    LOG.log(Logger.Level.WARNING, "Job {0} failed: {1}.", jobId, code);
                }
                case Engine.Answer.Unwanted _ -> {
                    way.abandon();
                    stopped.increment();
                }
            }
            settled = true;
        } finally {
            if (!settled) {
                giveUp(job, way);
            }
        }
    }

    private static void giveUp(RunningJob job, AnswerWay way) throws InterruptedException {
        if (job.handedBack && !job.told) {
            job.told = true;
            way.fail(handedBack(job.jobId));
        } else {
            way.abandon();
        }
    }

    private static Outbound.ProxyError handedBack(String jobId) {
        return new Outbound.ProxyError(jobId, "node_paused", "the owner needs the machine", true);
    }

    private void complete(String jobId, AnswerWay way, AnswerTally tally)
            throws InterruptedException {
        try {
            way.finish();
            served.increment();
            tokens.add(tally.tokens());
            LOG.log(Logger.Level.INFO, "Job {0} served, {1} tokens.", jobId, tally.tokens());
        } catch (IOException refused) {
            stopped.increment();
            LOG.log(Logger.Level.WARNING, "Job {0} was not taken to the end.", jobId);
        }
    }

    private void fail(RunningJob job, Outbound.ProxyError error) throws InterruptedException {
        job.free();
        failed.increment();
        LOG.log(Logger.Level.WARNING, "Job {0} failed: {1}.", error.jobId(), error.code());
        boolean _ = job.channel.send(error);
    }

    /// One job while it runs.
    private final class RunningJob {
        private final String jobId;
        private final Channel channel;
        private final Thread thread;
        private final AtomicBoolean freed = new AtomicBoolean();
        private volatile boolean handedBack;
        private volatile boolean told;

        RunningJob(String jobId, Channel channel) {
            this.jobId = jobId;
            this.channel = channel;
            this.thread = Thread.ofVirtual().name("job-" + jobId).unstarted(this::live);
        }

        private void live() {
            try {
                run(this);
            } catch (InterruptedException cancelled) {
                stopped.increment();
                LOG.log(Logger.Level.INFO, "Job {0} stopped.", jobId);
                if (handedBack && !told) {
                    tell(handedBack(jobId));
                }
            } catch (RuntimeException bug) {
                failed.increment();
                LOG.log(Logger.Level.ERROR, "Job " + jobId + " met a bug in the agent.", bug);
                tell(new Outbound.ProxyError(jobId, "agent_error", "the agent failed", true));
            } finally {
                leave();
            }
        }

        private void tell(Outbound.ProxyError error) {
            try {
                boolean _ = channel.send(error);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /// The engine has no more work with this job.
        private void free() {
            if (freed.compareAndSet(false, true)) {
                busy.decrementAndGet();
            }
        }

        private void leave() {
            free();
            lock.lock();
            try {
                running.remove(jobId);
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
