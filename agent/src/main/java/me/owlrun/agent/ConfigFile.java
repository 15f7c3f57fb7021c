package me.owlrun.agent;

import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.ProviderKey;

import java.io.IOException;
import java.lang.System.Logger;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The configuration file on disk: made on the first start, completed with an identity if it has
/// none, always written whole (a new file moved over the old one) and readable by its owner only.
final class ConfigFile {
    private static final Logger LOG = System.getLogger(ConfigFile.class.getName());
    private static final long BYTES_MAX = 1 << 20;
    private static final String PRIVATE_FOLDER = "rwx------";
    private static final String PRIVATE_FILE = "rw-------";
    private static final Pattern COMMENT = Pattern.compile("\\s+[#;].*$");
    private final Path file;
    private final RandomGenerator random;

    /// @param random where a new identity comes from
    ConfigFile(Path file, RandomGenerator random) {
        this.file = file.toAbsolutePath();
        this.random = random;
    }

    /// The file's text, with an identity in it.
    ///
    /// @throws AgentException if it cannot be read or written
    String readOrMake() {
        try {
            if (Files.notExists(file)) {
                makeFolder();
                return write(withIdentity(firstText()));
            }
            warnIfOthersCanRead();
            String text = read();
            String complete = withIdentity(text);
            return complete.equals(text) ? text : write(complete);
        } catch (IOException failed) {
            throw new AgentException(
                    file
                            + " cannot be read or written ("
                            + failed.getClass().getSimpleName()
                            + "); check its owner and permissions, or use --config FILE.",
                    failed);
        }
    }

    /// The file's text as it is. A file without an identity is refused: a running agent has one, so
    /// the file is being written or was damaged, and a new identity would lose the old one's money.
    ///
    /// @throws AgentException if it cannot be read or has no identity
    String readAgain() {
        try {
            String text = read();
            if (isMissing(text, Settings.API_KEY) || isMissing(text, Settings.NODE_ID)) {
                throw new AgentException(
                        file + " has lost its api_key or node_id; put them back, or restart.");
            }
            return text;
        } catch (IOException failed) {
            throw new AgentException(file + " cannot be read; check its permissions.", failed);
        }
    }

    /// Sets one value in the file; comments and everything else stay as they are. An empty value
    /// makes it the default again.
    ///
    /// @throws AgentException if it cannot be written
    void put(Setting setting, String value) {
        try {
            String _ = write(replaced(read(), setting, value));
        } catch (IOException failed) {
            throw new AgentException(file + " cannot be written; check its permissions.", failed);
        }
    }

    /// The text with this value: in the last line that sets it, else under its section's header.
    static String replaced(String text, Setting setting, String value) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        String entry = setting.name() + " = " + value;
        List<Integer> numbers =
                IniFile.parse(text).entries().stream()
                        .filter(one -> one.section().equals(setting.section()))
                        .filter(one ->
                                one.key().equals(setting.name())
                                        || setting.aliases().contains(one.key()))
                        .map(IniFile.Entry::line)
                        .toList();
        if (numbers.isEmpty()) {
            return with(text, setting, value);
        }
        int last = numbers.getLast() - 1;
        Matcher comment = COMMENT.matcher(lines.get(last));
        lines.set(last, entry + (comment.find() ? comment.group() : ""));
        return String.join("\n", lines) + "\n";
    }

    private static String firstText() {
        return """
        # Owlrun node. owlrun --help-config lists every setting; changes count at once.

        [account]
        # Where earnings are paid, such as you@minibits.cash:
        lightning_address =

        [marketplace]
        gateway = %s

        [inference]
        # ollama, or openai for any other local server with OpenAI's routes:
        engine = ollama
        engine_url = %s
        """
                .formatted(Settings.GATEWAY.defaultText(), Settings.ENGINE_URL.defaultText());
    }

    private String read() throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new AgentException(file + " is longer than 1 MiB; is it the right file?");
        }
        try {
            return IniFile.withoutMark(Files.readString(file));
        } catch (CharacterCodingException foreign) {
            throw new AgentException(file + " is not UTF-8; save it as UTF-8.", foreign);
        }
    }

    /// The text with `node_id` and `api_key` in it; everything else stays as it is.
    private String withIdentity(String text) {
        String complete = text;
        if (isMissing(text, Settings.API_KEY)) {
            complete = with(complete, Settings.API_KEY, ProviderKey.generate(random).value());
        }
        if (isMissing(text, Settings.NODE_ID)) {
            complete = with(complete, Settings.NODE_ID, newNodeId());
        }
        return complete;
    }

    private static boolean isMissing(String text, Setting setting) {
        return IniFile.parse(text).entries().stream()
                .filter(entry -> entry.section().equals(setting.section()))
                .filter(entry -> entry.key().equals(setting.name()))
                .allMatch(entry -> entry.value().isEmpty());
    }

    /// Puts the key under the header of its section and drops empty lines for it.
    private static String with(String text, Setting setting, String value) {
        List<String> lines = new ArrayList<>();
        boolean put = false;
        for (String line : text.lines().toList()) {
            if (isEmptyEntry(line, setting)) {
                continue;
            }
            lines.add(line);
            if (!put && IniFile.header(line).filter(setting.section()::equals).isPresent()) {
                lines.add(setting.name() + " = " + value);
                put = true;
            }
        }
        if (!put) {
            lines.addAll(
                    List.of("", "[" + setting.section() + "]", setting.name() + " = " + value));
        }
        return String.join("\n", lines) + "\n";
    }

    private static boolean isEmptyEntry(String line, Setting setting) {
        return IniFile.parse(line).entries().stream()
                .anyMatch(entry -> entry.key().equals(setting.name()) && entry.value().isEmpty());
    }

    private String newNodeId() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString().toLowerCase(Locale.ROOT);
    }

    private String write(String text) throws IOException {
        Path folder = file.resolveSibling(".");
        Path fresh = Files.createTempFile(folder, "owlrun", ".conf", attributes(PRIVATE_FILE));
        try {
            Files.writeString(fresh, text);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            boolean _ = Files.deleteIfExists(fresh);
        }
        return text;
    }

    private void makeFolder() throws IOException {
        Path folder = file.getParent();
        if (folder != null && Files.notExists(folder)) {
            Path _ = Files.createDirectories(folder, attributes(PRIVATE_FOLDER));
        }
    }

    private void warnIfOthersCanRead() throws IOException {
        if (!isPosix()) {
            return;
        }
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString(PRIVATE_FOLDER);
        if (!owner.containsAll(Files.getPosixFilePermissions(file))) {
            LOG.log(
                    Logger.Level.WARNING,
                    "{0} holds a secret and others can read it; run: chmod 600 {0}",
                    file);
        }
    }

    private static FileAttribute<?>[] attributes(String permissions) {
        return isPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
