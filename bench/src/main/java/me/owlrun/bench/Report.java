package me.owlrun.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Everything one run against one mint found.
///
/// @param mint what the mint calls its software
/// @param url where it ran
/// @param results one per operation and number of clients
/// @param audit what became of the money
record Report(String mint, URI url, List<Result> results, Audit audit) {

    /// Writes the figures as JSON.
    ///
    /// @param machine what it ran on
    void write(Path file, String machine) {
        ObjectNode node = Json.object();
        node.put("mint", mint);
        node.put("machine", machine);
        var rows = node.putArray("results");
        results.forEach(result -> rows.add(result.json()));
        node.put("audit", audit.text());
        node.put("audit_clean", audit.clean());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Json.bytes(node));
        } catch (IOException e) {
            throw new BenchException(file + " cannot be written", e);
        }
    }
}
