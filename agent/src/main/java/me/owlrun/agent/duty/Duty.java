package me.owlrun.agent.duty;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// The node's duty: its state, what it can serve, and the decision about each offered job. Safe for
/// use by many threads; a decision sees one state, one list of models.
public final class Duty {
    private final int capacity;
    private final AtomicReference<DutyState> state;
    private final AtomicReference<Set<String>> models = new AtomicReference<>(Set.of());

    /// @param capacity how many jobs may run at the same time
    /// @param first the state to begin with
    public Duty(int capacity, DutyState first) {
        this.capacity = capacity;
        this.state = new AtomicReference<>(first);
    }

    /// Why a job is not taken, in the words of the wire.
    public enum Refusal {
        /// The owner does not want the node to work.
        PAUSED("paused"),
        /// The node finishes what runs, or is not ready.
        DRAINING("draining"),
        /// It does not serve this model.
        MODEL_NOT_LOADED("model_not_loaded"),
        /// Not enough free video memory.
        NO_VRAM("no_vram"),
        /// As many jobs as it can run are running.
        BUSY("busy");

        private final String word;

        Refusal(String word) {
            this.word = word;
        }

        /// The reason of a `reject`.
        public String word() {
            return word;
        }
    }

    /// A job that is offered, and what the node looks like at that moment.
    ///
    /// @param model what it asks for
    /// @param vramRequiredMb video memory it needs, 0 if unknown
    /// @param vramFreeMb free video memory, or a negative number if unknown
    /// @param running jobs running now
    public record Offer(String model, int vramRequiredMb, int vramFreeMb, int running) {}

    /// Whether the job may be taken; empty means yes, else the first reason that stands against it.
    public Optional<Refusal> refusal(Offer offer) {
        return switch (state()) {
            case DutyState.Paused _ -> Optional.of(Refusal.PAUSED);
            case DutyState.Draining _ -> Optional.of(Refusal.DRAINING);
            case DutyState.Checking _, DutyState.Connecting _, DutyState.Earning _ ->
                    fitting(offer);
        };
    }

    /// What the node is doing.
    public DutyState state() {
        return Objects.requireNonNull(state.get());
    }

    /// The node does something else from now on.
    public void enter(DutyState next) {
        state.set(next);
    }

    /// The models it serves from now on.
    public void serve(Set<String> tags) {
        models.set(Set.copyOf(tags));
    }

    /// How many jobs may run at the same time.
    public int capacity() {
        return capacity;
    }

    private Optional<Refusal> fitting(Offer offer) {
        if (!Objects.requireNonNull(models.get()).contains(offer.model())) {
            return Optional.of(Refusal.MODEL_NOT_LOADED);
        }
        if (offer.vramFreeMb() >= 0 && offer.vramFreeMb() < offer.vramRequiredMb()) {
            return Optional.of(Refusal.NO_VRAM);
        }
        return offer.running() < capacity ? Optional.empty() : Optional.of(Refusal.BUSY);
    }
}
