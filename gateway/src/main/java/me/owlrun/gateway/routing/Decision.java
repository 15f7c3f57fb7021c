package me.owlrun.gateway.routing;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One choice, as it is remembered for a while to answer "why not me". Machines stand here as what
/// they have earned, which outlives their connections.
public final class Decision {

    private final Instant at;
    private final How how;
    private final Optional<Standing> chosen;
    private final int withRoom;
    private final int nearEquals;
    private final List<Standing> known;
    private volatile Optional<String> jobId = Optional.empty();

    /// How a node was chosen.
    public enum How {
        /// By lot among the least loaded.
        LOT,
        /// It had the beginning of the conversation.
        PREFIX,
        /// Nobody could take the job.
        NOBODY
    }

    /// @param withRoom how many could have had it
    /// @param nearEquals how many of them were among the least loaded
    /// @param known some of these
    Decision(
            Instant at,
            How how,
            Optional<Standing> chosen,
            int withRoom,
            int nearEquals,
            List<Standing> known) {
        this.at = at;
        this.how = how;
        this.chosen = chosen;
        this.withRoom = withRoom;
        this.nearEquals = nearEquals;
        this.known = known;
    }

    /// When it was.
    public Instant at() {
        return at;
    }

    /// How it came to be.
    public How how() {
        return how;
    }

    /// How many nodes could have had the job.
    public int withRoom() {
        return withRoom;
    }

    /// How many of them were among the least loaded.
    public int nearEquals() {
        return nearEquals;
    }

    /// The job's identifier, once it has one.
    public Optional<String> jobId() {
        return jobId;
    }

    /// The job got an identifier.
    public void named(String id) {
        jobId = Optional.of(id);
    }

    /// What it was for one machine.
    public Part part(Standing machine) {
        if (chosen.isPresent() && chosen.get() == machine) {
            return Part.CHOSEN;
        }
        if (known.stream().anyMatch(one -> one == machine)) {
            return how == How.PREFIX ? Part.NO_PREFIX : Part.NOT_DRAWN;
        }
        return known.size() < nearEquals ? Part.UNKNOWN : Part.NOT_AMONG_LEAST_LOADED;
    }

    /// A machine's part in it.
    public enum Part {
        /// It got the job.
        CHOSEN("It got the job."),
        /// It was a candidate; the lot fell to another.
        NOT_DRAWN("It was among the least loaded; the lot fell to another."),
        /// It was a candidate; another had the beginning of the conversation.
        NO_PREFIX("It was among the least loaded; another had the beginning of the conversation."),
        /// It was full, more loaded than others, away, parked or too slow.
        NOT_AMONG_LEAST_LOADED(
                "It was not among the least loaded: full, busier than others, away, parked or too"
                        + " slow."),
        /// There were too many candidates to remember them all.
        UNKNOWN("There were too many candidates to remember them all.");

        private final String sentence;

        Part(String sentence) {
            this.sentence = sentence;
        }

        /// It in one word.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// It in a sentence.
        public String sentence() {
            return sentence;
        }
    }
}
