package me.owlrun.config;

import java.util.List;

/// Says what is wrong with the configuration; the message has one sentence per problem and each
/// says what to do.
public final class ConfigException extends RuntimeException {

    /// @param problems one sentence per mistake
    public ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
