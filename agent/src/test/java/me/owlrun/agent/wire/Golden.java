package me.owlrun.agent.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The golden wire documents in `src/test/resources/wire`.
public final class Golden {
    private Golden() {}

    /// The text of a document.
    ///
    /// @param name its file's name without `.json`
    public static String text(String name) {
        try (InputStream file = Golden.class.getResourceAsStream("/wire/" + name + ".json")) {
            if (file == null) {
                throw new IllegalArgumentException("no golden document " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
