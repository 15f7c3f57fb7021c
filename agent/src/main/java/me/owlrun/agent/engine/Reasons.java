package me.owlrun.agent.engine;

import me.owlrun.agent.wire.ResponseBody;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;

/// Why a server could not be read, in words: the JDK's own messages are often empty.
final class Reasons {
    private Reasons() {}

    /// A few words without secrets.
    static String of(IOException failure) {
        return switch (failure) {
            case ConnectException refused -> "nothing listens there";
            case HttpTimeoutException late -> "no answer in time";
            case ResponseBody.SilentException silent -> "no answer in time";
            default -> String.valueOf(failure.getMessage());
        };
    }
}
