package me.owlrun.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/// Statements that are sent together and answered together, in their order: one round trip, where
/// each by itself costs one. Each sees what those before it did, and what others had committed when
/// it began. What comes back is looked at when all are done, so whoever finds it wrong must throw:
/// the transaction is then rolled back.
public final class Bundle {

    private final List<Part> parts = new ArrayList<>();

    /// An empty one.
    public Bundle() {}

    /// Sets the parameters of a statement.
    @FunctionalInterface
    public interface Fill {
        /// Sets them in their order and gives back what it was given.
        Params fill(Params params) throws SQLException;
    }

    /// Reads what a query found.
    @FunctionalInterface
    public interface Reader {
        /// Reads all rows.
        void read(ResultSet rows) throws SQLException;
    }

    /// One statement.
    private sealed interface Part {

        String sql();

        Fill fill();

        /// One that finds rows.
        record Query(String sql, Fill fill, Reader reader) implements Part {}

        /// One that changes rows.
        record Update(String sql, Fill fill, IntConsumer changed) implements Part {}
    }

    /// Adds a query.
    public void query(String sql, Fill fill, Reader reader) {
        parts.add(new Part.Query(sql, fill, reader));
    }

    /// Adds a change.
    ///
    /// @param changed hears how many rows it was
    public void update(String sql, Fill fill, IntConsumer changed) {
        parts.add(new Part.Update(sql, fill, changed));
    }

    /// Adds a change of any number of rows.
    public void update(String sql, Fill fill) {
        update(sql, fill, _ -> {});
    }

    /// Adds a change of so many rows.
    ///
    /// @param what names the rows in the failure when it was another number
    public void update(String sql, Fill fill, int rows, String what) {
        update(
                sql,
                fill,
                changed -> {
                    if (changed != rows) {
                        throw new IllegalStateException(
                                "%d of %d %s".formatted(changed, rows, what));
                    }
                });
    }

    /// Adds the statements of another bundle.
    public void addAll(Bundle more) {
        parts.addAll(more.parts);
    }

    /// Sends everything and reads what comes back.
    public void run(Connection connection) throws SQLException {
        if (parts.isEmpty()) {
            return;
        }
        String sql = parts.stream().map(Part::sql).collect(Collectors.joining(";"));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Params params = new Params(connection, statement);
            for (Part part : parts) {
                params = part.fill().fill(params);
            }
            boolean found = statement.execute();
            for (Part part : parts) {
                hear(part, statement, found);
                found = statement.getMoreResults();
            }
        }
    }

    private static void hear(Part part, PreparedStatement statement, boolean found)
            throws SQLException {
        switch (part) {
            case Part.Query query when found -> {
                try (ResultSet rows = statement.getResultSet()) {
                    query.reader().read(rows);
                }
            }
            case Part.Update update when !found ->
                    update.changed().accept(statement.getUpdateCount());
            case Part.Query _, Part.Update _ ->
                    throw new IllegalArgumentException("a query is taken for a change or reversed");
        }
    }
}
