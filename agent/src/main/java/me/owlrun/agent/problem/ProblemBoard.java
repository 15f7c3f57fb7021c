package me.owlrun.agent.problem;

import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The problems that stand right now: raised by whoever finds them, cleared by the same, shown on
/// the dashboard. Safe for use by many threads; holds one problem per code.
public final class ProblemBoard {
    private static final Logger LOG = System.getLogger(ProblemBoard.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Problem> standing = new LinkedHashMap<>();

    /// Puts a problem up, once in the log until it changes or is cleared.
    public void raise(Problem problem) {
        lock.lock();
        try {
            if (!problem.equals(standing.put(problem.code(), problem))) {
                LOG.log(Logger.Level.WARNING, "{0} {1}", problem.title(), problem.fix());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes the problem with this code down; nothing happens if there is none.
    public void clear(String code) {
        lock.lock();
        try {
            if (standing.remove(code) != null) {
                LOG.log(Logger.Level.INFO, "Solved: {0}.", code);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Every problem that stands now, oldest first.
    public List<Problem> list() {
        lock.lock();
        try {
            return new ArrayList<>(standing.values());
        } finally {
            lock.unlock();
        }
    }
}
