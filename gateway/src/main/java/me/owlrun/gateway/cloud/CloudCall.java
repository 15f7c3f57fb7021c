package me.owlrun.gateway.cloud;

import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobEvent;
import me.owlrun.gateway.outbound.AnswerTaker;
import me.owlrun.gateway.outbound.Fetched;

import java.time.Duration;
import java.util.Optional;

/// One job at a cloud: turns what the server does into the events of a node. Used by the one thread
/// that asks; while the buyer's side is full it does not read on, so the server has to wait.
final class CloudCall implements AnswerTaker {

    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int PAYMENT_REQUIRED = 402;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_LARGE = 413;
    private static final int UNSUPPORTED = 415;
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY = 429;

    private static final Duration REST_UNTIL_PAID = Duration.ofMinutes(5);
    private static final Duration REST_USUAL = Duration.ofSeconds(10);
    private static final int REST_SECONDS_MAX = 300;

    private final Job job;
    private final Duration relayWaitMax;
    private boolean taken;
    private boolean wanted = true;
    private int status;
    private Optional<String> retryAfter = Optional.empty();

    CloudCall(Job job, Duration relayWaitMax) {
        this.job = job;
        this.relayWaitMax = relayWaitMax;
    }

    /// What is to be done about a node after a call.
    enum Advice {
        /// Nothing.
        NONE,
        /// It gets no jobs for a while.
        REST,
        /// It gets no jobs until its owner has done something.
        PAUSE,
        /// The same, if it refuses a harmless request, too: some clouds answer so to what a buyer
        /// writes, and no buyer shall be able to pause a node.
        ASK_AGAIN
    }

    /// How a call ended.
    ///
    /// @param event for the buyer's side
    /// @param problem in words for the owner; empty when there is none
    /// @param rest how long, if it is to rest
    record Ending(
            JobEvent event,
            CloudFigures.Outcome outcome,
            String problem,
            Advice advice,
            Duration rest) {

        private Ending(JobEvent event, CloudFigures.Outcome outcome, String problem) {
            this(event, outcome, problem, Advice.NONE, Duration.ZERO);
        }

        static Ending broken() {
            return new Ending(
                    new JobEvent.Failed("cloud_error", true),
                    CloudFigures.Outcome.FAILED,
                    "The gateway could not ask the provider.");
        }
    }

    @Override
    public void sent() {
        taken = true;
        put(new JobEvent.Accepted());
    }

    @Override
    public boolean begins(int answered, Optional<String> wait) {
        status = answered;
        retryAfter = wait;
        return wanted && isAnswer();
    }

    private boolean isAnswer() {
        return status >= OK && status < REDIRECT;
    }

    @Override
    public boolean piece(byte[] bytes) {
        put(new JobEvent.Bytes(bytes));
        return wanted;
    }

    private void put(JobEvent event) {
        try {
            wanted = wanted && job.put(event, relayWaitMax) == Job.Put.TAKEN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            wanted = false;
        }
    }

    /// How it ended.
    ///
    /// @param failed why there was no whole answer
    Ending ending(Optional<Fetched.Failed> failed) {
        if (!wanted) {
            return new Ending(
                    new JobEvent.Failed("stopped", true), CloudFigures.Outcome.STOPPED, "");
        }
        if (failed.isPresent()) {
            return failed(failed.get());
        }
        return isAnswer()
                ? new Ending(new JobEvent.Done(), CloudFigures.Outcome.ANSWERED, "")
                : refused();
    }

    private Ending failed(Fetched.Failed failed) {
        if (!taken) {
            return new Ending(
                    new JobEvent.Rejected("cloud_unreachable"),
                    CloudFigures.Outcome.REFUSED,
                    "The provider cannot be reached: " + failed.detail() + ".");
        }
        return new Ending(
                new JobEvent.Failed("cloud_broke_off", true),
                CloudFigures.Outcome.FAILED,
                "An answer of the provider broke off: " + failed.detail() + ".");
    }

    private Ending refused() {
        return switch (status) {
            case BAD_REQUEST, TOO_LARGE, UNSUPPORTED, UNPROCESSABLE ->
                    new Ending(
                            new JobEvent.Failed("bad_request", false),
                            CloudFigures.Outcome.BAD_REQUEST,
                            "");
            case UNAUTHORIZED ->
                    refused(
                            "It refuses the token; give a good one as api_token.",
                            Advice.PAUSE,
                            REST_USUAL);
            case FORBIDDEN ->
                    refused(
                            "It forbids the request; give a token that may make it.",
                            Advice.ASK_AGAIN);
            case PAYMENT_REQUIRED -> rest("It wants to be paid.", REST_UNTIL_PAID);
            case TOO_MANY -> rest("It has too many requests of this account.", waitAsked());
            case NOT_FOUND ->
                    refused(
                            "It does not know the model '%s' by the name in model_map."
                                    .formatted(job.model()),
                            Advice.NONE);
            default ->
                    refused(
                            status < BAD_REQUEST
                                    ? "It redirects, which is not followed; register where to."
                                    : "It failed.",
                            Advice.NONE);
        };
    }

    private Ending refused(String problem, Advice advice) {
        return refused(problem, advice, Duration.ZERO);
    }

    private Ending rest(String problem, Duration rest) {
        return refused(problem, Advice.REST, rest);
    }

    private Ending refused(String problem, Advice advice, Duration rest) {
        return new Ending(
                new JobEvent.Failed("cloud_http_" + status, true),
                status >= BAD_REQUEST && status <= TOO_MANY
                        ? CloudFigures.Outcome.REFUSED
                        : CloudFigures.Outcome.FAILED,
                "The provider answered HTTP %d. %s".formatted(status, problem),
                advice,
                rest);
    }

    private Duration waitAsked() {
        return retryAfter
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(clamped(Integer.parseInt(text))))
                .orElse(REST_USUAL);
    }

    private static int clamped(int seconds) {
        return Math.clamp(seconds, 1, REST_SECONDS_MAX);
    }
}
