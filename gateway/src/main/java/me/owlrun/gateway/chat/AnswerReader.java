package me.owlrun.gateway.chat;

import java.util.ArrayList;
import java.util.List;

/// Reads the bytes of one node's answer into clean frames: OpenAI's events, Ollama's own lines of
/// JSON, or one whole document, wherever the pieces were split. Not thread-safe.
final class AnswerReader {

    private final SseParser parser = new SseParser();
    private final FrameCleaner cleaner;

    AnswerReader(AnswerKind kind) {
        this.cleaner = new FrameCleaner(kind);
    }

    /// Takes the next bytes and gives the frames that they complete.
    ///
    /// @throws SseParser.EventTooLargeException when an event grows beyond the limit
    List<NodeFrame> feed(byte[] bytes) {
        return frames(parser.feed(bytes));
    }

    /// Ends the input.
    List<NodeFrame> end() {
        return frames(parser.end());
    }

    private List<NodeFrame> frames(List<String> events) {
        List<NodeFrame> frames = new ArrayList<>(events.size());
        events.forEach(data -> frames.add(cleaner.clean(data)));
        return frames;
    }
}
