package me.owlrun.agent.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads values of D-Bus's format by their signature: numbers as `Long` (`Double` for `d`), flags
/// as `Boolean`, texts, paths and signatures as `String`, arrays, structs and dictionary entries as
/// `List`, a variant as what it holds. What does not fit its signature is an `IOException`.
final class DBusReader {
    private static final int DEPTH_MAX = 32;

    private final ByteBuffer octets;
    private String signature = "";
    private int at;

    DBusReader(ByteBuffer octets) {
        this.octets = octets;
    }

    /// Reads every value of a signature.
    List<Object> read(String whole) throws IOException {
        signature = whole;
        at = 0;
        List<Object> values = new ArrayList<>();
        try {
            while (at < signature.length()) {
                values.add(value(0));
            }
        } catch (RuntimeException malformed) {
            throw new IOException("a malformed D-Bus message", malformed);
        }
        return values;
    }

    private Object value(int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw new IOException("a D-Bus message nested too deeply");
        }
        char type = signature.charAt(at++);
        return switch (type) {
            case 'y' -> (long) (octets.get() & 0xFF);
            case 'b' -> align(4).getInt() != 0;
            case 'n' -> (long) align(2).getShort();
            case 'q' -> (long) (align(2).getShort() & 0xFFFF);
            case 'i' -> (long) align(4).getInt();
            case 'u', 'h' -> align(4).getInt() & 0xFFFF_FFFFL;
            case 'x', 't' -> align(8).getLong();
            case 'd' -> align(8).getDouble();
            case 's', 'o' -> text(align(4).getInt());
            case 'g' -> text(octets.get() & 0xFF);
            case 'v' -> variant(depth);
            case 'a' -> array(depth);
            case '(' -> struct(')', depth);
            case '{' -> struct('}', depth);
            default -> throw new IOException("unknown D-Bus type " + type);
        };
    }

    private Object variant(int depth) throws IOException {
        String outer = signature;
        int outerAt = at;
        signature = text(octets.get() & 0xFF);
        at = 0;
        Object held = value(depth + 1);
        signature = outer;
        at = outerAt;
        return held;
    }

    private List<Object> array(int depth) throws IOException {
        int length = align(4).getInt();
        int element = at;
        ByteBuffer _ = align(border(signature.charAt(element)));
        int end = octets.position() + length;
        List<Object> values = new ArrayList<>();
        while (octets.position() < end) {
            at = element;
            values.add(value(depth + 1));
        }
        at = element;
        skipType();
        return values;
    }

    private List<Object> struct(char closing, int depth) throws IOException {
        ByteBuffer _ = align(8);
        List<Object> values = new ArrayList<>();
        while (signature.charAt(at) != closing) {
            values.add(value(depth + 1));
        }
        at++;
        return values;
    }

    /// Goes behind one complete type, as an empty array has no value that would.
    private void skipType() {
        char type = signature.charAt(at++);
        if (type == 'a') {
            skipType();
        } else if (type == '(' || type == '{') {
            while (signature.charAt(at) != ')' && signature.charAt(at) != '}') {
                skipType();
            }
            at++;
        }
    }

    private String text(int length) {
        byte[] utf8 = new byte[length];
        octets.get(utf8);
        byte _ = octets.get();
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private ByteBuffer align(int border) {
        int over = octets.position() % border;
        return over == 0 ? octets : octets.position(octets.position() + border - over);
    }

    private static int border(char type) {
        return switch (type) {
            case 'x', 't', 'd', '(', '{' -> 8;
            case 'y', 'g', 'v' -> 1;
            case 'n', 'q' -> 2;
            default -> 4;
        };
    }
}
