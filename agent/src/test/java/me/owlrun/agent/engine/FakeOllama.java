package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// An Ollama with its documented management routes over real HTTP, which keeps lists in place of
/// models.
public final class FakeOllama implements AutoCloseable {
    public final List<String> installed = new CopyOnWriteArrayList<>();
    public final List<String> loaded = new CopyOnWriteArrayList<>();
    public final List<String> pulled = new CopyOnWriteArrayList<>();
    public volatile Optional<String> pullError = Optional.empty();
    private Optional<ScriptedServer> server = Optional.empty();

    private FakeOllama() {}

    public static FakeOllama start() throws IOException {
        FakeOllama ollama = new FakeOllama();
        ollama.server =
                Optional.of(ScriptedServer.start((head, out, _) -> ollama.answer(head, out)));
        return ollama;
    }

    public URI address() {
        return server.orElseThrow().address();
    }

    @Override
    public void close() throws IOException {
        server.orElseThrow().close();
    }

    private void answer(String request, OutputStream out) throws IOException {
        String path = request.split(" ", 3)[1];
        int at = request.indexOf("\r\n\r\n") + 4;
        ObjectNode body = Json.readObject(request.substring(at)).orElseGet(Json::object);
        String tag = body.path("model").asText("");
        String answer =
                switch (path) {
                    case "/api/tags" -> list(installed);
                    case "/api/ps" -> list(loaded);
                    case "/api/generate" -> generate(tag, body.path("keep_alive").asText());
                    case "/api/delete" -> delete(tag);
                    case "/api/pull" -> pull(tag);
                    default -> "";
                };
        out.write(ScriptedServer.document(answer.isEmpty() ? 404 : 200, answer));
    }

    private static String list(List<String> tags) {
        ObjectNode list = Json.object();
        ArrayNode models = list.putArray("models");
        for (String tag : tags) {
            ObjectNode model = models.addObject().put("name", tag).put("size", 1_000);
            model.put("size_vram", 1_000).put("context_length", 4_096);
            if (tag.endsWith(":cloud")) {
                model.put("remote_host", "https://cloud.example");
            }
        }
        return Json.write(list);
    }

    private String generate(String tag, String keep) {
        boolean _ = loaded.remove(tag);
        if (!keep.equals("0")) {
            loaded.add(tag);
        }
        return "{\"done\":true}";
    }

    private String delete(String tag) {
        return installed.remove(tag) ? "{}" : "";
    }

    private String pull(String tag) {
        pulled.add(tag);
        if (pullError.isPresent()) {
            ObjectNode error = Json.object().put("error", pullError.get());
            return "{\"status\":\"pulling manifest\"}\n" + Json.write(error) + "\n";
        }
        installed.add(tag);
        return """
        {"status":"pulling manifest"}
        {"status":"pulling 4f6","digest":"sha256:4f6","total":10,"completed":4}
        {"status":"pulling 4f6","digest":"sha256:4f6","total":10,"completed":10}
        {"status":"success"}
        """;
    }
}
