package me.owlrun.cashu;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of CBOR (RFC 8949) that tokens and payment requests use: whole numbers, byte and text
/// strings, lists, maps with text keys, truth values, null; of definite length. Numbers are `Long`,
/// byte strings `byte[]`.
final class Cbor {

    /// Stands for the CBOR null, since collections here hold no Java null.
    enum Null {
        /// The one value.
        NULL
    }

    private static final int DEPTH_MAX = 8;
    private static final int UNSIGNED = 0;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int LIST = 4;
    private static final int MAP = 5;
    private static final int SIMPLE = 7;
    private static final int SIMPLE_FALSE = 20;
    private static final int SIMPLE_TRUE = 21;
    private static final int SIMPLE_NULL = 22;
    private static final int SIMPLE_UNDEFINED = 23;

    private Cbor() {}

    static byte[] encode(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, value);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case Long number -> writeHead(out, UNSIGNED, number);
            case Boolean truth -> writeHead(out, SIMPLE, truth ? SIMPLE_TRUE : SIMPLE_FALSE);
            case byte[] bytes -> {
                writeHead(out, BYTES, bytes.length);
                out.writeBytes(bytes);
            }
            case String text -> {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                writeHead(out, TEXT, utf8.length);
                out.writeBytes(utf8);
            }
            case List<?> list -> {
                writeHead(out, LIST, list.size());
                list.forEach(item -> write(out, item));
            }
            case Map<?, ?> map -> {
                writeHead(out, MAP, map.size());
                map.forEach((key, item) -> {
                    write(out, key);
                    write(out, item);
                });
            }
            default -> throw new IllegalArgumentException("no CBOR form for " + value.getClass());
        }
    }

    private static void writeHead(ByteArrayOutputStream out, int major, long argument) {
        int high = major << 5;
        if (argument < 24) {
            out.write(high | (int) argument);
        } else if (argument < 1 << 8) {
            out.write(high | 24);
            out.write((int) argument);
        } else if (argument < 1 << 16) {
            out.write(high | 25);
            out.writeBytes(ByteBuffer.allocate(2).putShort((short) argument).array());
        } else if (argument < 1L << 32) {
            out.write(high | 26);
            out.writeBytes(ByteBuffer.allocate(4).putInt((int) argument).array());
        } else {
            out.write(high | 27);
            out.writeBytes(ByteBuffer.allocate(8).putLong(argument).array());
        }
    }

    static Object decode(byte[] cbor) {
        ByteBuffer in = ByteBuffer.wrap(cbor);
        Object value = read(in, 0);
        if (in.hasRemaining()) {
            throw new CashuFormatException("the CBOR has bytes after its end");
        }
        return value;
    }

    private static Object read(ByteBuffer in, int depth) {
        if (depth > DEPTH_MAX) {
            throw new CashuFormatException("the CBOR is nested too deep");
        }
        int head = readByte(in);
        int major = head >> 5;
        long argument = readArgument(in, head & 31);
        return switch (major) {
            case UNSIGNED -> argument;
            case BYTES -> readBytes(in, argument);
            case TEXT -> text(readBytes(in, argument));
            case LIST -> readList(in, argument, depth);
            case MAP -> readMap(in, argument, depth);
            case SIMPLE -> simple(head & 31);
            default -> throw new CashuFormatException("the CBOR has a type that is not allowed");
        };
    }

    private static List<Object> readList(ByteBuffer in, long count, int depth) {
        List<Object> list = new ArrayList<>(bounded(in, count));
        for (long i = 0; i < count; i++) {
            list.add(read(in, depth + 1));
        }
        return list;
    }

    private static Map<String, Object> readMap(ByteBuffer in, long count, int depth) {
        Map<String, Object> map = LinkedHashMap.newLinkedHashMap(bounded(in, count));
        for (long i = 0; i < count; i++) {
            if (!(read(in, depth + 1) instanceof String key)) {
                throw new CashuFormatException("the CBOR has a map key that is no text");
            }
            if (map.put(key, read(in, depth + 1)) != null) {
                throw new CashuFormatException("the CBOR has a map key twice");
            }
        }
        return map;
    }

    /// Every item takes at least one byte, so a larger count is a lie.
    private static int bounded(ByteBuffer in, long count) {
        if (count < 0 || count > in.remaining()) {
            throw truncated();
        }
        return (int) count;
    }

    private static Object simple(int value) {
        return switch (value) {
            case SIMPLE_FALSE -> false;
            case SIMPLE_TRUE -> true;
            // JavaScript writes fields that are not there as undefined.
            case SIMPLE_NULL, SIMPLE_UNDEFINED -> Null.NULL;
            default -> throw new CashuFormatException("the CBOR has a value that is not allowed");
        };
    }

    private static long readArgument(ByteBuffer in, int information) {
        if (information < 24) {
            return information;
        }
        int bytes =
                switch (information) {
                    case 24 -> 1;
                    case 25 -> 2;
                    case 26 -> 4;
                    case 27 -> 8;
                    default -> throw new CashuFormatException("the CBOR has an open-ended item");
                };
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | readByte(in);
        }
        if (value < 0) {
            throw new CashuFormatException("the CBOR has a number of 2^63 or more");
        }
        return value;
    }

    private static int readByte(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw truncated();
        }
        return in.get() & 0xff;
    }

    private static byte[] readBytes(ByteBuffer in, long length) {
        byte[] bytes = new byte[bounded(in, length)];
        in.get(bytes);
        return bytes;
    }

    private static String text(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new CashuFormatException("the CBOR has text that is not UTF-8");
        }
    }

    private static CashuFormatException truncated() {
        return new CashuFormatException("the CBOR is cut off");
    }
}
