package me.owlrun.mint.subscribe;

import me.owlrun.db.DatabaseException;
import me.owlrun.mint.step.Changed;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Carries changes between the processes of one database: what this one committed goes out in one
/// bundle a few times a second, and only while somebody listens; what the others committed comes in
/// only while this process has subscriptions.
public final class Notices implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Notices.class.getName());

    private static final Duration COLLECT = Duration.ofMillis(250);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(10);

    /// Commits that wait; beyond it the others are told to read everything again.
    private static final int WAITING_MAX = 5_000;

    /// PostgreSQL takes less than 8,000 bytes.
    private static final int NOTICE_CHARS_MAX = 7_900;

    private static final String EVERYTHING = "*";

    private final NoticeStore store;
    private final Hub hub;
    private final String process = UUID.randomUUID().toString();
    private final Queue<Changed> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicBoolean overflowed = new AtomicBoolean();
    private final Thread sender;
    private final Thread listener;

    private volatile boolean closed;

    private Notices(NoticeStore store, Hub hub) {
        this.store = store;
        this.hub = hub;
        this.sender = Thread.ofVirtual().name("notice-sender").unstarted(this::sendUntilClosed);
        this.listener = Thread.ofVirtual().name("notice-listener").unstarted(this::listenWhenAsked);
    }

    /// Starts carrying.
    public static Notices start(NoticeStore store, Hub hub) {
        Notices notices = new Notices(store, hub);
        hub.onFirst(() -> LockSupport.unpark(notices.listener));
        notices.sender.start();
        notices.listener.start();
        return notices;
    }

    /// Takes a commit of this process; quick.
    public void changed(Changed change) {
        if (waitingCount.get() >= WAITING_MAX) {
            overflowed.set(true);
            return;
        }
        waiting.add(change);
        if (waitingCount.getAndIncrement() == 0) {
            LockSupport.unpark(sender);
        }
    }

    private void sendUntilClosed() {
        while (!closed) {
            if (waitingCount.get() == 0) {
                LockSupport.park();
                continue;
            }
            LockSupport.parkNanos(COLLECT.toNanos());
            try {
                send();
            } catch (RuntimeException e) { // the edge of the thread
                overflowed.set(true);
                LOG.log(Level.WARNING, "The other processes could not be told of changes.", e);
                LockSupport.parkNanos(RETRY.toNanos());
            }
        }
    }

    private void send() {
        boolean everything = overflowed.getAndSet(false);
        boolean wanted = store.anyoneListens();
        List<String> tokens = new ArrayList<>();
        for (Changed change = waiting.poll(); change != null; change = waiting.poll()) {
            waitingCount.getAndDecrement();
            if (wanted && !everything) {
                Touched.of(change, true).forEach(touched -> tokens.add(touched.token()));
            }
        }
        if (wanted) {
            store.tell(everything ? List.of(notice(List.of(EVERYTHING))) : bundle(tokens));
        }
    }

    private List<String> bundle(List<String> tokens) {
        List<String> notices = new ArrayList<>();
        List<String> bundle = new ArrayList<>();
        int chars = process.length();
        for (String token : tokens) {
            if (chars + token.length() + 1 > NOTICE_CHARS_MAX) {
                notices.add(notice(bundle));
                bundle.clear();
                chars = process.length();
            }
            bundle.add(token);
            chars += token.length() + 1;
        }
        notices.add(notice(bundle));
        return notices;
    }

    private String notice(List<String> tokens) {
        return process + " " + String.join(" ", tokens);
    }

    private void listenWhenAsked() {
        while (!closed) {
            if (!hub.isWatching()) {
                LockSupport.park();
                continue;
            }
            try {
                store.listen(() -> !closed && hub.isWatching(), hub::refresh, this::heard);
            } catch (RuntimeException e) { // the edge of the thread
                LOG.log(Level.WARNING, "Changes of other processes are not heard; again soon.", e);
                LockSupport.parkNanos(RETRY.toNanos());
            }
        }
    }

    private void heard(String notice) {
        List<String> words = Arrays.asList(notice.split(" ", -1));
        if (words.getFirst().equals(process)) {
            return;
        }
        for (String token : words.subList(1, words.size())) {
            if (token.equals(EVERYTHING)) {
                hub.refresh();
            } else {
                Optional<Touched> touched = Touched.ofToken(token);
                touched.ifPresent(hub::changedElsewhere);
            }
        }
    }

    /// Tells what is left to tell, then stops carrying.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(sender);
        LockSupport.unpark(listener);
        try {
            sender.join(STOP_WAIT_MAX);
            listener.join(STOP_WAIT_MAX);
            if (waitingCount.get() > 0) {
                send();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (DatabaseException e) {
            LOG.log(Level.WARNING, "The other processes could not be told of the last changes.", e);
        }
    }
}
