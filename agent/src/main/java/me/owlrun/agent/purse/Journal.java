package me.owlrun.agent.purse;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.job.Earnings;
import me.owlrun.agent.job.Msat;
import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.io.Serial;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32;

/// What each job earned: one line for each in a file for each month, with a checksum, forced to
/// disk before it counts. A line that a crash cut off is cut away at the next start; a damaged one
/// in the middle is left and not counted. A job is booked once, however often it is said.
public final class Journal implements Earnings {
    private static final Logger LOG = System.getLogger(Journal.class.getName());
    private static final int BEGUN_MAX = 1_000;
    private static final int CHECKSUM_CHARACTERS = 9;

    private final ReentrantLock lock = new ReentrantLock();
    private final Path folder;
    private final Clock clock;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> booked = new HashSet<>();
    private final Map<String, String> begun =
            new LinkedHashMap<>() {
                @Serial private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > BEGUN_MAX;
                }
            };

    private Totals all = Totals.NONE;

    private Journal(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /// One settled job.
    ///
    /// @param time when it was booked here
    /// @param jobId the gateway's name for it
    /// @param model what it ran, empty if unknown
    /// @param tokens as the gateway counts
    /// @param earned what it brought
    public record Entry(Instant time, String jobId, String model, long tokens, Msat earned) {
        private String line() {
            ObjectNode json = Json.object();
            json.put("ts", time.toString()).put("job_id", jobId).put("model", model);
            json.put("tokens", tokens).put("msats", earned.value());
            String text = Json.write(json);
            return checksum(text) + " " + text + "\n";
        }

        private static Optional<Entry> read(String line) {
            if (line.length() <= CHECKSUM_CHARACTERS
                    || !line.startsWith(checksum(line.substring(CHECKSUM_CHARACTERS)) + " ")) {
                return Optional.empty();
            }
            return Json.readObject(line.substring(CHECKSUM_CHARACTERS))
                    .map(json ->
                            new Entry(
                                    Instant.parse(json.path("ts").asText()),
                                    json.path("job_id").asText(),
                                    json.path("model").asText(),
                                    json.path("tokens").asLong(),
                                    new Msat(json.path("msats").asLong())));
        }

        private static String checksum(String text) {
            CRC32 crc = new CRC32();
            crc.update(text.getBytes(StandardCharsets.UTF_8));
            return "%08x".formatted(crc.getValue());
        }
    }

    /// Sums.
    public record Totals(long jobs, long tokens, Msat earned) {
        private static final Totals NONE = new Totals(0, 0, Msat.ZERO);

        private Totals plus(Entry entry) {
            return new Totals(
                    jobs + 1, Math.addExact(tokens, entry.tokens()), earned.plus(entry.earned()));
        }
    }

    /// Opens the journal in a folder, which is made if need be.
    ///
    /// @throws AgentException if it cannot be read or written
    public static Journal open(Path folder, Clock clock) {
        Journal journal = new Journal(folder, clock);
        try {
            Private.folder(folder);
            List<Path> files = new ArrayList<>();
            try (DirectoryStream<Path> months = Files.newDirectoryStream(folder, "*.jsonl")) {
                months.forEach(files::add);
            }
            files.sort(null);
            for (Path file : files) {
                journal.load(file);
            }
            return journal;
        } catch (IOException failed) {
            throw new AgentException(
                    folder + " cannot be used for the earnings; check its permissions.", failed);
        }
    }

    @Override
    public void began(String jobId, String model) {
        lock.lock();
        try {
            String _ = begun.put(jobId, model);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void book(String jobId, long tokens, Msat earned) {
        lock.lock();
        try {
            if (booked.contains(jobId)) {
                return;
            }
            String model = begun.getOrDefault(jobId, "");
            Entry entry = new Entry(clock.instant(), jobId, model, tokens, earned);
            append(entry);
            take(entry);
        } catch (IOException full) {
            // The gateway holds the money; only our own record of it is short.
            LOG.log(Logger.Level.ERROR, "A job's earnings could not be written down.", full);
        } finally {
            lock.unlock();
        }
    }

    /// Every settled job, oldest first.
    public List<Entry> entries() {
        lock.lock();
        try {
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }

    /// The last so many, the newest first.
    public List<Entry> last(int count) {
        lock.lock();
        try {
            int from = Math.max(0, entries.size() - count);
            return new ArrayList<>(entries.subList(from, entries.size())).reversed();
        } finally {
            lock.unlock();
        }
    }

    /// Sums of all jobs.
    public Totals all() {
        lock.lock();
        try {
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// Sums of the jobs booked from this time on.
    public Totals since(Instant from) {
        lock.lock();
        try {
            Totals sum = Totals.NONE;
            for (Entry entry : entries.reversed()) {
                if (entry.time().isBefore(from)) {
                    break;
                }
                sum = sum.plus(entry);
            }
            return sum;
        } finally {
            lock.unlock();
        }
    }

    private void append(Entry entry) throws IOException {
        String month = YearMonth.from(entry.time().atZone(ZoneOffset.UTC)).toString();
        Path file = folder.resolve(month + ".jsonl");
        boolean fresh = Files.notExists(file);
        try (FileChannel out =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND),
                        Private.file())) {
            long before = out.size();
            ByteBuffer line = StandardCharsets.UTF_8.encode(entry.line());
            try {
                while (line.hasRemaining()) {
                    int _ = out.write(line);
                }
                out.force(true);
            } catch (IOException full) {
                FileChannel _ = out.truncate(before);
                throw full;
            }
        }
        if (fresh) {
            Private.forceFolder(folder);
        }
    }

    /// Reads a file; what stands behind its last line break was cut off by a crash.
    private void load(Path file) throws IOException {
        byte[] octets = Files.readAllBytes(file);
        int whole = octets.length;
        while (whole > 0 && octets[whole - 1] != '\n') {
            whole--;
        }
        if (whole < octets.length) {
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                FileChannel _ = out.truncate(whole);
                out.force(true);
            }
        }
        String text = new String(octets, 0, whole, StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
            Optional<Entry> entry = Entry.read(line);
            if (entry.isEmpty()) {
                LOG.log(Logger.Level.WARNING, "{0} has a damaged line; it is not counted.", file);
            } else if (!booked.contains(entry.get().jobId())) {
                take(entry.get());
            }
        }
    }

    private void take(Entry entry) {
        boolean _ = booked.add(entry.jobId());
        boolean _ = entries.add(entry);
        all = all.plus(entry);
    }
}
