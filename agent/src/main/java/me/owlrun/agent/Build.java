package me.owlrun.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Which build this is.
///
/// @param version the version, such as `0.1.0`
/// @param network `beta` or `production`
record Build(String version, String network) {
    /// The build this code is part of.
    static Build current() {
        Properties properties = new Properties();
        try (InputStream stream = Build.class.getResourceAsStream("build.properties")) {
            properties.load(stream);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new Build(properties.getProperty("version"), properties.getProperty("network"));
    }

    /// Both in one line, as `--version` prints them.
    String line() {
        return "owlrun " + version + " (" + network + ")";
    }
}
