package me.owlrun.agent.purse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files that hold money or secrets: for their owner only, whole or not there at all.
public final class Private {
    private Private() {}

    /// Makes a folder if it is not there.
    static void folder(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            Path _ = Files.createDirectories(folder, attributes("rwx------"));
        }
    }

    /// The permissions of a new file.
    static FileAttribute<?>[] file() {
        return attributes("rw-------");
    }

    /// Writes a file so that after a crash it is there as a whole or not at all.
    public static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        boolean _ = Files.deleteIfExists(fresh);
        try (FileChannel out =
                FileChannel.open(
                        fresh,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        file())) {
            ByteBuffer octets = StandardCharsets.UTF_8.encode(text);
            while (octets.hasRemaining()) {
                int _ = out.write(octets);
            }
            out.force(true);
        }
        move(fresh, file);
    }

    /// Renames a file durably.
    static void move(Path from, Path to) throws IOException {
        Path _ =
                Files.move(
                        from,
                        to,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
        forceFolder(to.resolveSibling("."));
    }

    /// Makes the names in a folder survive a crash, where the system can.
    static void forceFolder(Path folder) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException unsupported) {
            // Windows keeps names by itself.
        }
    }

    private static FileAttribute<?>[] attributes(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
