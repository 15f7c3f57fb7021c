package me.owlrun.gateway.cloud;

import me.owlrun.config.ConfigException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The file with the keys of tokens. It is read again when it is asked for, so that a key can be
/// added or taken away while gateways run.
final class KeyFile {

    private static final System.Logger LOG = System.getLogger(KeyFile.class.getName());

    private static final Set<PosixFilePermission> OWNERS =
            Set.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final ReentrantLock lock = new ReentrantLock();
    private final Path file;
    private TokenKeys last;

    private KeyFile(Path file, TokenKeys first) {
        this.file = file;
        this.last = first;
    }

    /// Opens the file of the settings, if there is one.
    ///
    /// @throws ConfigException when it cannot be used
    static Optional<KeyFile> open(Optional<Path> file) {
        return file.map(path -> new KeyFile(path, read(path)));
    }

    /// The keys as the file holds them now; when it cannot be read any more, those of before.
    TokenKeys keys() {
        lock.lock();
        try {
            last = read(file);
            return last;
        } catch (ConfigException e) {
            LOG.log(System.Logger.Level.ERROR, "the old keys stay: {0}", e.getMessage());
            return last;
        } finally {
            lock.unlock();
        }
    }

    private static TokenKeys read(Path file) {
        try {
            requireOwnerOnly(file);
            List<String> lines =
                    Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList();
            return TokenKeys.of(lines);
        } catch (IOException e) {
            throw problem("cannot be read; make it with 'openssl rand -hex 32'", file);
        } catch (IllegalArgumentException e) {
            throw problem("must hold 64 hexadecimal digits a line, nothing else", file);
        }
    }

    private static void requireOwnerOnly(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix && !OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
            throw problem("can be read by others; say 'chmod 600' to it", file);
        }
    }

    private static ConfigException problem(String what, Path file) {
        return new ConfigException(
                List.of("The file '%s' of cloud.key_file %s.".formatted(file, what)));
    }
}
