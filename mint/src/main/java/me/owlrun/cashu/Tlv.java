package me.owlrun.cashu;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A field of a type, a length and a value, as NUT-26 lays it out: one byte, two bytes, the rest.
final class Tlv {

    private static final int VALUE_MAX = 0xffff;
    private static final int SHORT_MAX = 0xff;

    private final int type;
    private final byte[] value;

    private Tlv(int type, byte[] value) {
        this.type = type;
        this.value = value;
    }

    int type() {
        return type;
    }

    /// The value; not to be changed.
    byte[] value() {
        return value;
    }

    static List<Tlv> read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<Tlv> fields = new ArrayList<>();
        try {
            while (in.hasRemaining()) {
                int type = in.get() & 0xff;
                byte[] value = new byte[bounded(in, in.getShort() & VALUE_MAX)];
                in.get(value);
                fields.add(new Tlv(type, value));
            }
        } catch (BufferUnderflowException e) {
            throw truncated();
        }
        return fields;
    }

    /// Texts that have one byte of length each.
    static List<String> shortTexts(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<String> texts = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] value = new byte[bounded(in, in.get() & SHORT_MAX)];
            in.get(value);
            texts.add(text(value));
        }
        if (texts.isEmpty()) {
            throw new CashuFormatException("the payment request has an empty tag");
        }
        return texts;
    }

    private static int bounded(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw truncated();
        }
        return length;
    }

    private static CashuFormatException truncated() {
        return new CashuFormatException("the payment request is cut off");
    }

    static void put(ByteArrayOutputStream out, int type, byte[] value) {
        if (value.length > VALUE_MAX) {
            throw new CashuFormatException("a field of a payment request has at most 65535 bytes");
        }
        out.write(type);
        out.write(value.length >>> 8);
        out.write(value.length);
        out.writeBytes(value);
    }

    static void putShort(ByteArrayOutputStream out, byte[] value) {
        if (value.length > SHORT_MAX) {
            throw new CashuFormatException("a tag of a payment request has at most 255 bytes");
        }
        out.write(value.length);
        out.writeBytes(value);
    }

    String text() {
        return text(value);
    }

    static String text(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new CashuFormatException("the payment request has text that is not UTF-8");
        }
    }

    /// A whole number of exactly so many bytes, below 2^63.
    long number(int bytes) {
        if (value.length != bytes) {
            throw new CashuFormatException("the payment request has a number of another length");
        }
        long number = 0;
        for (byte b : value) {
            number = number << Byte.SIZE | (b & 0xff);
        }
        if (number < 0) {
            throw new CashuFormatException("the payment request has a number of 2^63 or more");
        }
        return number;
    }
}
