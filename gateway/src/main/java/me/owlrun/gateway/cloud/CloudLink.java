package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodeVitals;
import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.outbound.PublicCalls;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A cloud account as a node: every job is a call of its own, on a thread of its own, that ends
/// when the job is cancelled.
final class CloudLink implements NodeLink {

    private static final System.Logger LOG = System.getLogger(CloudLink.class.getName());

    private static final Duration ASK_AGAIN_EVERY = Duration.ofMinutes(1);

    private final CloudHelp help;
    private final NodeIdentity identity;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile CloudNode node;
    private volatile Optional<Secret> token;
    private volatile Optional<CloudProblem> problem = Optional.empty();
    private volatile long restUntilNanos = System.nanoTime();
    private final AtomicLong askedAgainNanos =
            new AtomicLong(System.nanoTime() - ASK_AGAIN_EVERY.toNanos());
    private volatile boolean closed;

    /// @param token empty when it does not open; then there are no jobs
    CloudLink(CloudHelp help, CloudNode node, Optional<Secret> token) {
        this.help = help;
        this.identity = node.identity();
        this.node = node;
        this.token = token;
    }

    /// Takes note that the node changed; jobs under way go on.
    void changed(CloudNode now, Optional<Secret> tokenNow) {
        token = tokenNow;
        node = now;
        restUntilNanos = System.nanoTime();
        problem = Optional.empty();
        help.pool().changed(this);
    }

    CloudNode node() {
        return node;
    }

    boolean isOpen() {
        return token.isPresent();
    }

    boolean isResting() {
        return System.nanoTime() - restUntilNanos < 0;
    }

    /// What last went wrong, unless a job was answered since.
    Optional<CloudProblem> problem() {
        return problem;
    }

    @Override
    public NodeIdentity identity() {
        return identity;
    }

    @Override
    public boolean serves(String model) {
        return node.upstream().containsKey(model);
    }

    @Override
    public boolean does(Task task) {
        return node.tasks().contains(task);
    }

    @Override
    public Set<String> models() {
        return node.upstream().keySet();
    }

    @Override
    public int capacity() {
        return node.capacity();
    }

    /// What its owner pays for is not given away.
    @Override
    public int freeTierPct() {
        return 0;
    }

    @Override
    public NodeVitals vitals() {
        return NodeVitals.UNKNOWN;
    }

    @Override
    public Optional<String> maintenance() {
        CloudNode now = node;
        if (!now.paused()) {
            return Optional.empty();
        }
        return Optional.of(now.problem().isEmpty() ? "paused by its owner" : now.problem());
    }

    @Override
    public boolean takesJobs() {
        return !closed && isOpen() && !node.paused() && !isResting();
    }

    @Override
    public boolean offer(Job job) {
        Optional<Secret> bearer = token;
        if (closed || bearer.isEmpty()) {
            return false;
        }
        Thread call =
                Thread.ofVirtual().name("cloud-call").unstarted(() -> serve(job, bearer.get()));
        running.put(job.id(), call);
        call.start();
        return true;
    }

    @Override
    public void cancel(String jobId) {
        Optional.ofNullable(running.remove(jobId)).ifPresent(Thread::interrupt);
    }

    private void serve(Job job, Secret bearer) {
        if (!job.beginAnswer()) {
            return;
        }
        CloudNode now = node;
        CloudCall.Ending ending = CloudCall.Ending.broken();
        boolean cancelled = true;
        try {
            CloudCall call = new CloudCall(job, help.limits().relayWaitMax());
            ending =
                    call.ending(
                            help.calls()
                                    .ask(
                                            question(now, job, bearer),
                                            help.limits().answerBytesMax(),
                                            help.limits().jobMax(),
                                            call));
        } catch (InvalidJsonException e) {
            LOG.log(System.Logger.Level.ERROR, "job {0} has no JSON", job.id());
        } finally {
            job.endAnswer();
            cancelled = running.remove(job.id()) == null;
        }
        if (cancelled || Thread.interrupted()) {
            help.figures().count(CloudFigures.Outcome.STOPPED);
            return;
        }
        end(job, now, ending);
    }

    /// From here on nobody interrupts this thread.
    private void end(Job job, CloudNode now, CloudCall.Ending ending) {
        help.figures().count(ending.outcome());
        note(ending);
        if (ending.advice() != CloudCall.Advice.NONE) {
            rest(ending.rest());
        }
        try {
            var _ = job.put(ending.event(), help.limits().relayWaitMax());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        switch (ending.advice()) {
            case NONE, REST -> {}
            case PAUSE -> pause(now, ending.problem());
            case ASK_AGAIN -> {
                if (mayAskAgain()
                        && token.filter(bearer -> help.probe().isRefused(now, bearer))
                                .isPresent()) {
                    pause(now, ending.problem());
                }
            }
        }
    }

    /// Now and then only: the owner pays for it.
    private boolean mayAskAgain() {
        long now = System.nanoTime();
        long last = askedAgainNanos.get();
        return now - last >= ASK_AGAIN_EVERY.toNanos() && askedAgainNanos.compareAndSet(last, now);
    }

    private void note(CloudCall.Ending ending) {
        if (ending.outcome() == CloudFigures.Outcome.ANSWERED) {
            problem = Optional.empty();
        } else if (!ending.problem().isEmpty()) {
            problem = Optional.of(new CloudProblem(ending.problem(), help.clock().instant()));
        }
    }

    private void rest(Duration time) {
        restUntilNanos = System.nanoTime() + time.toNanos();
    }

    private void pause(CloudNode now, String why) {
        try {
            if (help.store().pause(now, why)) {
                node = now.refused(why);
                LOG.log(System.Logger.Level.INFO, "cloud node {0} is paused", identity.nodeId());
            }
        } catch (DatabaseException e) {
            LOG.log(System.Logger.Level.WARNING, "a cloud node was not paused", e);
        }
    }

    /// The buyer's request with the provider's name of the model, at the path that fits it.
    private static PublicCalls.Question question(CloudNode node, Job job, Secret bearer) {
        ObjectNode request = Json.parseObject(job.request());
        request.put("model", node.upstream().getOrDefault(job.model(), job.model()));
        String path = CloudProbe.EMBEDDINGS;
        if (request.has("messages")) {
            path = CloudProbe.CHAT;
        } else if (request.has("prompt")) {
            path = CloudProbe.COMPLETIONS;
        }
        return new PublicCalls.Question(node.at(path), bearer, Optional.of(Json.text(request)));
    }

    /// Nobody is there to be told; the account shows what was earned.
    @Override
    public void complete(JobReceipt receipt) {}

    @Override
    public void drain() {
        leave();
        help.board().nodeGone(this);
        running.keySet().forEach(this::cancel);
    }

    /// Gets no more jobs; those under way go on.
    void leave() {
        closed = true;
        help.pool().leave(this);
    }

    @Override
    public void displaced() {
        closed = true;
        help.board().nodeGone(this);
    }

    @Override
    public String toString() {
        return "CloudLink[" + identity + "]";
    }
}
