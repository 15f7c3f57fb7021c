package me.owlrun.mint.ledger;

import me.owlrun.cashu.Point;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/// Turns lists into SQL arrays, one per column, for statements that write or find many rows in one
/// round trip.
final class Columns {

    private Columns() {}

    static <T> Array texts(Connection connection, List<T> rows, Function<T, String> column)
            throws SQLException {
        return connection.createArrayOf("text", rows.stream().map(column).toArray());
    }

    static <T> Array numbers(Connection connection, List<T> rows, Function<T, Long> column)
            throws SQLException {
        return connection.createArrayOf("bigint", rows.stream().map(column).toArray());
    }

    static <T> Array bytes(Connection connection, List<T> rows, Function<T, byte[]> column)
            throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }

    static Array points(Connection connection, List<Point> points) throws SQLException {
        return bytes(connection, points, Point::toBytes);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
