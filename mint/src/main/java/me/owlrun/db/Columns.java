package me.owlrun.db;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// Turns lists into SQL arrays, one per column, for statements that write or find many rows in one
/// round trip. The driver sends arrays of a type it knows as bytes, and all others as text, which
/// costs both sides more.
public final class Columns {

    private Columns() {}

    /// A column of texts.
    public static <T> Array texts(Connection connection, List<T> rows, Function<T, String> column)
            throws SQLException {
        return connection.createArrayOf("text", rows.stream().map(column).toArray(String[]::new));
    }

    /// A column of whole numbers.
    public static <T> Array numbers(Connection connection, List<T> rows, Function<T, Long> column)
            throws SQLException {
        return connection.createArrayOf("bigint", rows.stream().map(column).toArray(Long[]::new));
    }

    /// A column of bytes.
    public static <T> Array bytes(Connection connection, List<T> rows, Function<T, byte[]> column)
            throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    /// A column of identifiers.
    public static <T> Array uuids(Connection connection, List<T> rows, Function<T, UUID> column)
            throws SQLException {
        return connection.createArrayOf("uuid", rows.stream().map(column).toArray());
    }

    /// A column of times.
    public static <T> Array times(Connection connection, List<T> rows, Function<T, Instant> column)
            throws SQLException {
        return connection.createArrayOf(
                "timestamptz",
                rows.stream().map(row -> column.apply(row).atOffset(ZoneOffset.UTC)).toArray());
    }

    /// Runs a statement that is several ones and gives the number of rows each changed.
    public static List<Integer> counts(PreparedStatement statements) throws SQLException {
        List<Integer> counts = new ArrayList<>();
        if (statements.execute()) {
            throw new IllegalArgumentException("one of the statements is a query");
        }
        while (statements.getUpdateCount() >= 0) {
            counts.add(statements.getUpdateCount());
            if (statements.getMoreResults()) {
                throw new IllegalArgumentException("one of the statements is a query");
            }
        }
        return counts;
    }

    /// Eight bytes, the highest first.
    public static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /// A text as UTF-8.
    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
