package me.owlrun.agent.purse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.job.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/// What a node earned survives whatever ends it.
final class JournalTest {
    private static final Instant NOW = Instant.parse("2026-11-02T12:30:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir private Path folder;

    @Test
    void book_aJobTwice_countsItOnceAlsoAfterAStart() throws IOException {
        Journal journal = open(CLOCK);
        journal.began("j1", "qwen3:8b");
        journal.book("j1", 300, new Msat(1_920));
        journal.book("j1", 300, new Msat(1_920));
        journal.book("j2", 88, new Msat(110));
        assertEquals(new Msat(2_030), journal.all().earned());
        Journal again = open(CLOCK);
        again.book("j1", 300, new Msat(1_920));
        assertEquals(2, again.all().jobs());
        assertEquals(388, again.all().tokens());
        assertEquals(journal.entries(), again.entries());
        assertEquals("j2", again.last(1).getFirst().jobId());
        assertEquals("qwen3:8b", again.last(2).getLast().model());
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    }

    @Test
    void open_afterACrashAtEveryByte_keepsEveryWholeLine() throws IOException {
        Journal journal = open(CLOCK);
        journal.book("j1", 1, new Msat(10));
        journal.book("j2", 2, new Msat(20));
        byte[] whole = Files.readAllBytes(file());
        int first = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            Journal after = open(CLOCK);
            long lines = length == whole.length ? 2 : length >= first ? 1 : 0;
            assertEquals(lines, after.all().jobs(), "cut at " + length);
            after.book("j3", 3, new Msat(30));
            assertEquals(lines + 1, open(CLOCK).all().jobs(), "cut at " + length);
        }
    }

    @Test
    void open_aDamagedLine_isNotCountedAndHurtsNoOther() throws IOException {
        Journal journal = open(CLOCK);
        journal.book("j1", 1, new Msat(10));
        journal.book("j2", 2, new Msat(20));
        Files.writeString(file(), Files.readString(file()).replace("\"msats\":10", "\"msats\":99"));
        assertEquals(new Msat(20), open(CLOCK).all().earned());
    }

    @Test
    void history_ofEachPeriod_holdsEveryMillisatOnce() {
        for (int hours : List.of(24 * 200, 24 * 20, 25, 1, 0)) {
            Clock then = Clock.offset(CLOCK, Duration.ofHours(-hours));
            open(then).book("j" + hours, 1, new Msat(7));
        }
        List<Journal.Entry> all = open(CLOCK).entries();
        assertEquals(5, all.size());
        assertEquals(14, sum(all, "24h", 24));
        assertEquals(21, sum(all, "7d", 7));
        assertEquals(28, sum(all, "30d", 30));
        assertEquals(35, sum(all, "1y", 12));
        assertEquals(7, open(CLOCK).since(NOW.minusSeconds(60)).earned().value());
        assertEquals("12:00", History.of(all, "24h", CLOCK).buckets().getLast().label());
    }

    private static long sum(List<Journal.Entry> entries, String period, int count) {
        List<History.Bucket> buckets = History.of(entries, period, CLOCK).buckets();
        assertEquals(count, buckets.size());
        return buckets.stream().mapToLong(History.Bucket::msats).sum();
    }

    private Path file() {
        assertTrue(Files.isDirectory(folder.resolve("earnings")));
        return folder.resolve("earnings").resolve("2026-11.jsonl");
    }

    private Journal open(Clock clock) {
        return Journal.open(folder.resolve("earnings"), clock);
    }
}
