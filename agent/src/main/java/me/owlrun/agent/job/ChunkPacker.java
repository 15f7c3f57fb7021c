package me.owlrun.agent.job;

import java.util.ArrayList;
import java.util.List;

/// Packs texts into as few `proxy_chunk` messages as their size limit allows. Gateways and older
/// nodes read at most 32 KiB a message; ours stay under 30 KB as they go over the wire, with every
/// JSON escape counted. A text that fits is never split; a longer one is, between characters.
final class ChunkPacker {
    /// The most octets the `data` of one message may take in JSON; the rest is for the envelope.
    static final int DATA_BYTES_MAX = 29_000;

    private final List<String> packed = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private int currentBytes;

    private ChunkPacker() {}

    /// The data of the messages, in order; joined they are the texts.
    static List<String> pack(List<String> texts) {
        ChunkPacker packer = new ChunkPacker();
        texts.forEach(packer::add);
        packer.flush();
        return packer.packed;
    }

    /// Octets the text takes inside a JSON string in UTF-8.
    static int jsonBytes(String text) {
        return text.codePoints().map(ChunkPacker::jsonBytes).sum();
    }

    private void add(String text) {
        int bytes = jsonBytes(text);
        if (currentBytes + bytes > DATA_BYTES_MAX) {
            flush();
        }
        if (bytes > DATA_BYTES_MAX) {
            split(text);
        } else {
            current.append(text);
            currentBytes += bytes;
        }
    }

    private void split(String text) {
        text.codePoints()
                .forEach(character -> {
                    int bytes = jsonBytes(character);
                    if (currentBytes + bytes > DATA_BYTES_MAX) {
                        flush();
                    }
                    current.appendCodePoint(character);
                    currentBytes += bytes;
                });
    }

    private void flush() {
        if (!current.isEmpty()) {
            packed.add(current.toString());
            current.setLength(0);
            currentBytes = 0;
        }
    }

    private static int jsonBytes(int character) {
        return switch (character) {
            case '"', '\\', '\b', '\f', '\n', '\r', '\t' -> 2;
            default -> plainBytes(character);
        };
    }

    private static int plainBytes(int character) {
        if (character < 0x20) {
            return 6;
        }
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }
}
