package me.owlrun.mint.lightning.node;

import me.owlrun.config.ConfigException;
import me.owlrun.config.Secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/// The file with what a node asks of its callers.
public final class CredentialFile {

    private static final int BYTES_MAX = 65_536;

    private CredentialFile() {}

    /// Its bytes as hexadecimal digits, as LND wants a macaroon.
    ///
    /// @throws ConfigException when it cannot be read
    public static Secret hex(Path file) {
        return new Secret(HexFormat.of().formatHex(read(file)));
    }

    /// Its text without white space around it.
    ///
    /// @throws ConfigException when it cannot be read or holds characters that no header may
    public static Secret text(Path file) {
        String text = new String(read(file), StandardCharsets.UTF_8).strip();
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw problem("The file '%s' must hold the credential on one line.", file);
        }
        return new Secret(text);
    }

    /// The value behind `key=` in it, or all its text when no line begins so.
    ///
    /// @throws ConfigException when it cannot be read
    public static Secret value(Path file, String key) {
        String all = new String(read(file), StandardCharsets.UTF_8);
        return all.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(key + "="))
                .findFirst()
                .map(line -> new Secret(line.substring(key.length() + 1).strip()))
                .orElseGet(() -> text(file));
    }

    private static byte[] read(Path file) {
        try {
            byte[] bytes = Files.size(file) > BYTES_MAX ? new byte[0] : Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw problem(
                        "The credential file '%s' is empty or too large; name another.", file);
            }
            return bytes;
        } catch (IOException _) {
            throw problem("The credential file '%s' cannot be read; check path and rights.", file);
        }
    }

    private static ConfigException problem(String sentence, Path file) {
        return new ConfigException(List.of(sentence.formatted(file)));
    }
}
