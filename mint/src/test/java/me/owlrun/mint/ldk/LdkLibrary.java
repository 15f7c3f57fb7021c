package me.owlrun.mint.ldk;

import org.ldk.impl.bindings;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Whether LDK has its native library for this platform.
final class LdkLibrary {

    private static final String TEMPORARY = "java.io.tmpdir";
    private static final ReentrantLock LOCK = new ReentrantLock();

    private LdkLibrary() {}

    /// Loads it; skips the test, with the reason printed, where there is none.
    static void require() {
        String platform =
                (System.getProperty("os.name") + "-" + System.getProperty("os.arch"))
                        .replace(" ", "");
        String library = "liblightningjni_" + platform + ".nativelib";
        if (ClassLoader.getSystemResource(library) == null) {
            String reason =
                    "real Lightning nodes need the native library of ldk-java, which has none for "
                            + platform
                            + "; run the tests on Linux x86-64 or macOS to have them";
            System.err.println("SKIPPED: " + reason);
            throw new TestAbortedException(reason);
        }
        LOCK.lock();
        try {
            load();
        } finally {
            LOCK.unlock();
        }
    }

    /// LDK's other classes fail unless this one was there first. It unpacks its library into a
    /// folder of a fixed name, where two runs on one machine would write over each other's: so it
    /// is given a folder of its own.
    private static void load() {
        String shared = System.getProperty(TEMPORARY);
        try {
            Path own = Files.createTempDirectory("owlrun-ldk");
            System.setProperty(TEMPORARY, own.toString());
            if (bindings.get_ldk_version().isEmpty()) {
                throw new IllegalStateException("LDK was not loaded");
            }
            try (Stream<Path> files = Files.walk(own)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setProperty(TEMPORARY, shared);
        }
    }
}
