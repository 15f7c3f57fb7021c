package me.owlrun.agent.machine;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// How full the disk is on which the models lie.
///
/// @param path the folder that was asked about
/// @param totalBytes its disk's size, 0 if unknown
/// @param freeBytes what is free for us
public record Disk(Path path, long totalBytes, long freeBytes) {
    private static final long BYTES_PER_GB = 1_000_000_000;

    /// Looks at the disk of a folder, or of the nearest folder above it that exists.
    public static Disk of(Path folder) {
        Path there = folder.toAbsolutePath();
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            FileStore store = Files.getFileStore(there);
            return new Disk(folder, store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException unknown) {
            return new Disk(folder, 0, 0);
        }
    }

    /// How much of it is free, in percent; 100 if unknown.
    public int freePct() {
        return totalBytes <= 0 ? 100 : (int) (freeBytes / Math.max(1, totalBytes / 100));
    }

    /// What is free in whole GB.
    public long freeGb() {
        return freeBytes / BYTES_PER_GB;
    }

    /// Its size in whole GB.
    public long totalGb() {
        return totalBytes / BYTES_PER_GB;
    }
}
