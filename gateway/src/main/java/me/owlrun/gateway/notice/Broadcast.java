package me.owlrun.gateway.notice;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// One announcement.
///
/// @param id its number
/// @param title a few words
/// @param message what there is to say
/// @param severity how much it matters
/// @param createdAt when it was added
/// @param endsAt when it is over by itself
public record Broadcast(
        long id,
        String title,
        String message,
        Severity severity,
        Instant createdAt,
        Optional<Instant> endsAt) {

    /// How much an announcement matters.
    public enum Severity {
        /// Good to know.
        INFO,
        /// Something may not work.
        WARNING,
        /// Something does not work.
        CRITICAL;

        /// Its name in JSON and in the database.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// As everybody sees it.
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("id", Long.toString(id));
        json.put("title", title);
        json.put("message", message);
        json.put("severity", severity.text());
        json.put("created_at", createdAt.toString());
        endsAt.ifPresent(end -> json.put("ends_at", end.toString()));
        return json;
    }
}
