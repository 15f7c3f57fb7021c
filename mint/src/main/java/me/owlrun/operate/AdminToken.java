package me.owlrun.operate;

import me.owlrun.config.ConfigException;
import me.owlrun.hash.Sha256;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/// The secret that the operator shows. Only its hash is kept, and it is compared in constant time.
public final class AdminToken {

    private static final int CHARS_MIN = 32;
    private static final String BEARER = "bearer ";

    private final byte[] sha256;

    private AdminToken(String token) {
        this.sha256 = Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    }

    /// Reads the token from a file of one line.
    ///
    /// @throws ConfigException when the file cannot be read or the token is too short to be one
    public static AdminToken read(Path file) {
        String token;
        try {
            token = Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new ConfigException(
                    List.of(
                            "The file '%s' of admin.token.file cannot be read; make it with"
                                            .formatted(file)
                                    + " 'openssl rand -hex 32', readable by this program only."));
        }
        if (token.length() < CHARS_MIN) {
            throw new ConfigException(
                    List.of(
                            "The file '%s' of admin.token.file must hold at least %d characters."
                                    .formatted(file, CHARS_MIN)));
        }
        return new AdminToken(token);
    }

    /// Whether a header `Authorization` shows it.
    public boolean isIn(String authorization) {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return false;
        }
        String shown = authorization.substring(BEARER.length()).strip();
        return MessageDigest.isEqual(sha256, Sha256.of(shown.getBytes(StandardCharsets.UTF_8)));
    }
}
