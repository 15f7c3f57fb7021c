package me.owlrun.gateway.log;

/// How a log line looks.
public enum LogFormat {
    /// For people: time, level, logger, message.
    TEXT,
    /// One JSON object on a line, for programs.
    JSON
}
