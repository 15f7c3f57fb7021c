package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.db.Database;
import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// Looks at providers: by number, or by a whole key, of which only the hash is known.
final class ProviderLookStore implements AccountDesk {

    private static final String FIND =
            """
            SELECT p.id, p.created_at, p.paused_at IS NOT NULL AS paused, p.paused_reason,
                coalesce(a.balance_msat, 0) AS balance_msat,
                (SELECT count(*) FROM node n WHERE n.provider_id = p.id) AS nodes,
                (SELECT coalesce(sum(d.earned_msat), 0) FROM provider_day d
                    WHERE d.provider_id = p.id) AS earned_msat
            FROM user_account p
            LEFT JOIN account a ON a.kind = 'sats' AND a.owner = p.id::text
            WHERE p.id = ?
                OR p.id = (SELECT k.account_id FROM api_key k WHERE k.key_sha256 = ?)
            """;

    private static final long NOBODY = -1;

    private final Database database;

    /// @param database where the tables lie
    ProviderLookStore(Database database) {
        this.database = database;
    }

    @Override
    public List<ObjectNode> find(String text) {
        long id = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : NOBODY;
        byte[] hash = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND)) {
                query.setLong(1, id);
                query.setBytes(2, hash);
                List<ObjectNode> found = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        ObjectNode account = Json.object();
                        account.put("id", rows.getString("id"));
                        account.put("kind", "provider");
                        account.put(
                                "created_at",
                                rows.getObject("created_at", OffsetDateTime.class)
                                        .toInstant()
                                        .toString());
                        account.put("nodes", rows.getLong("nodes"));
                        account.put("balance_msats", rows.getLong("balance_msat"));
                        account.put("earned_msats", rows.getLong("earned_msat"));
                        account.put(
                                "paused",
                                rows.getBoolean("paused") ? rows.getString("paused_reason") : null);
                        found.add(account);
                    }
                }
                return found;
            }
        });
    }

    @Override
    public boolean pause(String id, boolean paused, String reason) {
        return false; // any account is paused by its number elsewhere
    }
}
