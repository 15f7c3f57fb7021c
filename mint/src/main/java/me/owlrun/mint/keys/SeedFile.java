package me.owlrun.mint.keys;

import me.owlrun.config.ConfigException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The file that holds the seed: 64 hexadecimal digits on one line, readable by its owner only.
/// Whoever has it can make the mint's money; without it all ecash is worth nothing.
public final class SeedFile {

    private static final int SEED_BYTES = 32;

    private SeedFile() {}

    /// Reads the seed.
    ///
    /// @throws ConfigException when the file is missing or holds something else
    public static byte[] read(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.US_ASCII).strip(), file);
        } catch (IOException e) {
            throw problem("The seed file '%s' cannot be read; check its path and rights.", file);
        }
    }

    /// Makes a new seed and writes it to disk before it returns. When another process makes one at
    /// the same moment, both get the seed of the one that came first.
    ///
    /// @throws ConfigException when the file cannot be written
    public static byte[] create(Path file, SecureRandom random) {
        Path draft =
                file.resolveSibling(
                        file.getFileName()
                                + "."
                                + ProcessHandle.current().pid()
                                + "."
                                + random.nextLong(Long.MAX_VALUE));
        try {
            byte[] seed = write(draft, random);
            Files.createLink(file, draft); // a whole file or none, and never over another one
            return seed;
        } catch (FileAlreadyExistsException e) {
            return read(file);
        } catch (IOException | UnsupportedOperationException e) {
            throw problem("The seed file '%s' cannot be made; check the folder's rights.", file);
        } finally {
            delete(draft);
        }
    }

    private static void delete(Path draft) {
        try {
            boolean _ = Files.deleteIfExists(draft);
        } catch (IOException e) {
            throw problem("The file '%s' holds a seed and cannot be deleted; do so.", draft);
        }
    }

    private static byte[] write(Path file, SecureRandom random) throws IOException {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        byte[] line = (HexFormat.of().formatHex(seed) + "\n").getBytes(StandardCharsets.US_ASCII);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try (FileChannel channel = FileChannel.open(file, options, ownerOnly(file))) {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        return seed;
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static byte[] parse(String text, Path file) {
        if (text.length() != 2 * SEED_BYTES) {
            throw problem("The seed file '%s' must hold 64 hexadecimal digits.", file);
        }
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw problem("The seed file '%s' must hold 64 hexadecimal digits.", file);
        }
    }

    private static ConfigException problem(String sentence, Path file) {
        return new ConfigException(List.of(sentence.formatted(file)));
    }
}
