package me.owlrun.db;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// One step of a schema, a file `V001__what.sql` beside the class that owns the tables.
///
/// @param name the file's name, its version first
/// @param sql the statements
public record Migration(String name, String sql) {

    /// Reads a migration that lies in the resources of the caller's module.
    ///
    /// @param name the file's name
    /// @param resource what `SomeStore.class.getResourceAsStream(name)` gave; closed here
    public static Migration read(String name, InputStream resource) {
        try (resource) {
            return new Migration(name, new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new DatabaseException("the migration " + name + " cannot be read", e);
        }
    }
}
