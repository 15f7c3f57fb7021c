package me.owlrun.mint.admin;

import me.owlrun.mint.guard.Pausable;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.operate.Pauses;
import me.owlrun.operate.Pulse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is wrong with the mint now, and what to do about it.
///
/// @param database whether it answers
/// @param node what the Lightning node says
/// @param books what the mint owes
/// @param breaker what stops melts by itself
/// @param pauses what the operator stopped
public record Health(
        Pulse<Boolean> database,
        Pulse<NodeState> node,
        Books books,
        Breaker breaker,
        Pauses<Pausable> pauses) {

    /// Something that is wrong.
    ///
    /// @param code stable, for programs
    /// @param title what it is
    /// @param text what to do
    record Problem(String code, String title, String text) {}

    /// Whether the mint can serve anything at all.
    boolean canServe() {
        return database.isAlive();
    }

    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        if (!database.isAlive()) {
            problems.add(
                    new Problem(
                            "database",
                            "The database does not answer.",
                            "Check the PostgreSQL server and its connections; nothing is lost."));
            return problems; // the rest needs it
        }
        Optional<NodeState> state = node.last();
        if (!node.isAlive()) {
            problems.add(
                    new Problem(
                            "lightning",
                            "The Lightning node does not answer.",
                            "Check the node; swaps go on, payments under way stay pending."));
        } else if (state.isPresent() && !state.get().ready()) {
            problems.add(
                    new Problem(
                            "lightning_not_ready",
                            "The Lightning node cannot pay yet.",
                            "Wait until it is synchronised and has channels."));
        }
        books.lastAudit()
                .filter(audit -> !audit.right())
                .ifPresent(audit ->
                        problems.add(
                                new Problem(
                                        "audit",
                                        "The books are wrong: " + audit.detail(),
                                        "Pause mint, melt and swap, and find out why.")));
        breaker.openBecause()
                .ifPresent(reason ->
                        problems.add(
                                new Problem(
                                        "breaker",
                                        "Melts stopped by themselves: " + reason,
                                        "Look into it, then POST /melts/resume.")));
        for (Map.Entry<Pausable, Pauses.Pause> pause : pauses.all().entrySet()) {
            problems.add(
                    new Problem(
                            "paused_" + pause.getKey().text(),
                            "The operator paused " + pause.getKey().text() + ".",
                            "POST /resume lets it go on."));
        }
        return problems;
    }
}
