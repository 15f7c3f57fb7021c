package me.owlrun.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// The parameters of statements, set one after the other.
public final class Params {

    private final Connection connection;
    private final PreparedStatement statement;
    private int next = 1;

    Params(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    /// One value.
    public Params value(Object value) throws SQLException {
        statement.setObject(next++, value);
        return this;
    }

    /// A time.
    public Params time(Instant time) throws SQLException {
        return value(time.atOffset(ZoneOffset.UTC));
    }

    /// Some bytes.
    public Params bytes(byte[] bytes) throws SQLException {
        statement.setBytes(next++, bytes);
        return this;
    }

    /// A column of texts.
    public <T> Params texts(List<T> rows, Function<T, String> column) throws SQLException {
        statement.setArray(next++, Columns.texts(connection, rows, column));
        return this;
    }

    /// A column of whole numbers.
    public <T> Params numbers(List<T> rows, Function<T, Long> column) throws SQLException {
        statement.setArray(next++, Columns.numbers(connection, rows, column));
        return this;
    }

    /// A column of bytes.
    public <T> Params bytes(List<T> rows, Function<T, byte[]> column) throws SQLException {
        statement.setArray(next++, Columns.bytes(connection, rows, column));
        return this;
    }

    /// A column of identifiers.
    public <T> Params uuids(List<T> rows, Function<T, UUID> column) throws SQLException {
        statement.setArray(next++, Columns.uuids(connection, rows, column));
        return this;
    }

    /// A column of times.
    public <T> Params times(List<T> rows, Function<T, Instant> column) throws SQLException {
        statement.setArray(next++, Columns.times(connection, rows, column));
        return this;
    }
}
