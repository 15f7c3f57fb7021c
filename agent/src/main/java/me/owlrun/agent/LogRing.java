package me.owlrun.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/// The last lines of the log, for the page and `owlrun logs`. Nothing in it is a secret: prompts,
/// keys and tokens are never logged at all.
final class LogRing extends Handler {
    private static final int LINES_MAX = 500;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<String> lines = new ArrayDeque<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord line) {
        if (!isLoggable(line)) {
            return;
        }
        lock.lock();
        try {
            lines.addLast(formatter.format(line).strip());
            if (lines.size() > LINES_MAX) {
                String _ = lines.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The lines, oldest first.
    List<String> lines() {
        lock.lock();
        try {
            return new ArrayList<>(lines);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
