package me.owlrun.db;

import me.owlrun.config.Secret;
import me.owlrun.config.Setting;
import me.owlrun.config.Settings;

import java.util.List;
import java.util.Optional;

/// The settings of a program's database, the same four in every module's table.
///
/// @param url its address
/// @param user who connects
/// @param password that user's password; none where the server asks for none
/// @param connections the most connections held at once
public record DatabaseSettings(
        Setting<String> url,
        Setting<String> user,
        Setting<Optional<Secret>> password,
        Setting<Long> connections) {

    private static final int CONNECTIONS_MIN = 2;
    private static final int CONNECTIONS_MAX = 200;

    /// The four settings with a module's defaults.
    ///
    /// @param defaultName name of the database on the local server
    /// @param defaultConnections connections held at once
    public static DatabaseSettings of(String defaultName, int defaultConnections) {
        return new DatabaseSettings(
                Setting.text(
                        "database.url",
                        "address of the PostgreSQL database",
                        "jdbc:postgresql://127.0.0.1:5432/" + defaultName),
                Setting.text("database.user", "user of the database", "owlrun"),
                Setting.secret("database.password", "password of that user"),
                Setting.number(
                        "database.connections",
                        "connections held at once",
                        "",
                        CONNECTIONS_MIN,
                        CONNECTIONS_MAX,
                        defaultConnections));
    }

    /// All four, for a table.
    public List<Setting<?>> table() {
        return List.of(url, user, password, connections);
    }

    /// Opens the database that the settings name.
    ///
    /// @throws DatabaseException when the server cannot be reached
    public Database open(Settings settings) {
        return Database.open(
                settings.get(url),
                settings.get(user),
                settings.get(password).orElse(new Secret("")),
                settings.get(connections).intValue());
    }
}
