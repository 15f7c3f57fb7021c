package me.owlrun.gateway.probe;

import me.owlrun.gateway.chat.HouseRun;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.Lane;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.trust.Sign;
import me.owlrun.gateway.trust.TrustBook;
import me.owlrun.money.Msat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongToDoubleFunction;
import java.util.random.RandomGenerator;

/// Asks the nodes of this gateway now and then, each on average once in a while, sooner after it
/// lost a job; those with the most karma first. Also hears of all jobs, to know who lost one.
public final class HouseJobs implements Runnable, Attempt.Listener {

    private static final System.Logger LOG = System.getLogger(HouseJobs.class.getName());

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration BETWEEN_CLEANINGS = Duration.ofMinutes(1);
    private static final long MILLION = 1_000_000;

    private final Parts parts;
    private final HouseStore store;
    private final HouseRules rules;
    private final Questions questions;
    private final Semaphore places;
    private final Map<NodeIdentity, Instant> due = new ConcurrentHashMap<>();
    private final Set<NodeIdentity> running = ConcurrentHashMap.newKeySet();
    private Instant nextCleaning = Instant.EPOCH;

    /// What these jobs are made of.
    ///
    /// @param pool the nodes
    /// @param run has a node do one
    /// @param book hears what speaks against nodes
    /// @param sizes millions of parameters of a model; many when it does not say
    /// @param karma of a provider
    /// @param attempts hears what came of the jobs
    /// @param costMin the smallest cost of a job
    /// @param jobMax the longest that a job takes
    record Parts(
            NodePool pool,
            HouseRun run,
            TrustBook book,
            Catalog catalog,
            Oracle oracle,
            Sizes sizes,
            LongToDoubleFunction karma,
            Attempt.Listener attempts,
            Msat costMin,
            Duration jobMax,
            RandomGenerator random,
            InstantSource clock,
            StopSignal stop) {}

    /// How large models are.
    interface Sizes {

        /// Millions of parameters.
        long millions(String model);
    }

    HouseJobs(Parts parts, HouseStore store, HouseRules rules) {
        this.parts = parts;
        this.store = store;
        this.rules = rules;
        this.questions = new Questions(parts.random);
        this.places = new Semaphore(rules.atOnce());
    }

    /// A node that lost a job is asked soon: by then the breaker lets one job through.
    @Override
    public void ended(Attempt attempt) {
        boolean lost =
                attempt.ending() == Attempt.Ending.FAILED
                        || attempt.ending() == Attempt.Ending.SILENT;
        if (lost && attempt.want().lane() != Lane.PROBE) {
            Instant soon = parts.clock.instant().plus(rules.afterFailure());
            due.computeIfPresent(attempt.node(), (_, then) -> then.isBefore(soon) ? then : soon);
        }
    }

    /// Works until the gateway stops.
    @Override
    public void run() {
        do {
            try {
                if (rules.every().isPositive()) {
                    askDue();
                }
                clean();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "jobs of the house failed; they go on", e);
            }
        } while (!parts.stop.isStoppingWithin(BETWEEN_LOOKS));
    }

    private void clean() {
        Instant now = parts.clock.instant();
        if (!now.isBefore(nextCleaning)) {
            nextCleaning = now.plus(BETWEEN_CLEANINGS);
            store.voidLeft(now.minus(parts.jobMax.plus(BETWEEN_CLEANINGS)));
            store.forget();
        }
    }

    private void askDue() {
        Instant now = parts.clock.instant();
        List<NodeLink> nodes = parts.pool.all();
        Set<NodeIdentity> here = new HashSet<>();
        nodes.forEach(node -> here.add(node.identity()));
        due.keySet().retainAll(here);
        nodes.forEach(node -> due.computeIfAbsent(node.identity(), _ -> now.plus(untilNext())));
        nodes.stream()
                .filter(node -> !due.getOrDefault(node.identity(), Instant.MAX).isAfter(now))
                .filter(node -> node.does(Task.CHAT) && !node.models().isEmpty())
                .sorted(
                        Comparator.comparingDouble(
                                node -> -parts.karma.applyAsDouble(node.identity().providerId())))
                .forEach(this::ask);
    }

    /// Between nothing and twice the mean.
    private Duration untilNext() {
        return Duration.ofMillis(parts.random.nextLong(2 * rules.every().toMillis() + 1));
    }

    private void ask(NodeLink node) {
        if (running.contains(node.identity()) || !places.tryAcquire()) {
            return;
        }
        running.add(node.identity());
        due.put(node.identity(), parts.clock.instant().plus(untilNext()));
        Thread.ofVirtual()
                .name("house-job")
                .start(() -> {
                    try {
                        ask(node, pickModel(node));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException e) {
                        LOG.log(System.Logger.Level.WARNING, "a job of the house failed", e);
                    } finally {
                        running.remove(node.identity());
                        places.release();
                    }
                });
    }

    private String pickModel(NodeLink node) {
        List<String> models = List.copyOf(node.models());
        return models.get(parts.random.nextInt(models.size()));
    }

    private void ask(NodeLink node, String modelId) throws InterruptedException {
        Model model = parts.catalog.any(modelId);
        Question question = questions.draw(modelId, rules.checkPercent(), parts.clock.instant());
        HouseRun.Request request = new HouseRun.Request(question.body(), model);
        Optional<NodePool.Slot> slot = parts.pool.reserveOn(node.identity(), request.want());
        if (slot.isEmpty()) {
            return; // at work, resting or away: the next time
        }
        try (NodePool.Slot held = slot.get()) {
            Tariff tariff = new Tariff(model.price(), parts.oracle.billingRate(), parts.costMin);
            HouseStore.Open open =
                    store.begin(
                            new HouseStore.Order(
                                    node.identity(), modelId, question, tariff, request.usageMax()),
                            !parts.oracle.refusesPaidJobs());
            end(open, parts.run.run(held, request));
        }
    }

    /// Money first, then what it says of the node, then those who listen.
    private void end(HouseStore.Open open, HouseRun.Outcome outcome) {
        Verdict verdict = verdict(open, outcome);
        HouseStore.Result result =
                new HouseStore.Result(
                        outcome.answered().map(job -> job.id()),
                        verdict,
                        outcome.content(),
                        outcome.usage());
        Optional<Msat> earned = store.close(open, result);
        outcome.answered()
                .ifPresent(job ->
                        job.node()
                                .complete(
                                        new JobReceipt(
                                                job.id(),
                                                job.model(),
                                                outcome.usage().totalTokens(),
                                                earned.orElse(Msat.ZERO))));
        judge(open, outcome, verdict);
        parts.attempts.ended(
                verdict == Verdict.WRONG ? failed(outcome.attempt()) : outcome.attempt());
    }

    private Verdict verdict(HouseStore.Open open, HouseRun.Outcome outcome) {
        if (outcome.answered().isEmpty()) {
            return Verdict.FAILED;
        }
        Question question = open.order().question();
        List<String> others =
                question.kind() == Question.Kind.SAME
                        ? store.others(question, open.order().node().providerId())
                        : List.of();
        boolean compared = question.kind() == Question.Kind.SAME;
        String answer = compared ? HouseStore.cut(outcome.content()) : outcome.content();
        return Judge.judge(question, answer, outcome.finishReason().equals("length"), others);
    }

    private void judge(HouseStore.Open open, HouseRun.Outcome outcome, Verdict verdict) {
        NodeIdentity node = open.order().node();
        String model = open.order().model();
        Question.Kind kind = open.order().question().kind();
        if (verdict == Verdict.RIGHT || verdict == Verdict.WRONG) {
            parts.book.judged(
                    node,
                    model,
                    kind.text(),
                    verdict == Verdict.WRONG,
                    kind.fairMilli(parts.sizes.millions(model)));
        }
        if (outcome.overReported()) {
            parts.book.note(
                    node,
                    Sign.OVER_REPORT,
                    "%s: %d tokens reported"
                            .formatted(model, Math.min(MILLION, outcome.reported().orElse(0))));
        }
    }

    /// A wrong answer is a probe that was not passed.
    private static Attempt failed(Attempt attempt) {
        return new Attempt(
                attempt.node(),
                attempt.want(),
                attempt.jobId(),
                Attempt.Ending.FAILED,
                attempt.tokens(),
                attempt.untilFirst(),
                attempt.writing());
    }
}
