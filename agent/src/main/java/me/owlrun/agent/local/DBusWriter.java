package me.owlrun.agent.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes values in D-Bus's own format, little-endian, each on its natural border.
final class DBusWriter {
    private static final int FIRST_CAPACITY = 256;

    private ByteBuffer octets = ByteBuffer.allocate(FIRST_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

    @CanIgnoreReturnValue
    DBusWriter align(int border) {
        while (octets.position() % border != 0) {
            octet(0);
        }
        return this;
    }

    @CanIgnoreReturnValue
    DBusWriter octet(int value) {
        room(1).put((byte) value);
        return this;
    }

    @CanIgnoreReturnValue
    DBusWriter uint32(int value) {
        align(4).room(4).putInt(value);
        return this;
    }

    @CanIgnoreReturnValue
    DBusWriter uint64(long value) {
        align(8).room(8).putLong(value);
        return this;
    }

    /// A string or an object's path.
    @CanIgnoreReturnValue
    DBusWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        uint32(utf8.length).room(utf8.length + 1).put(utf8).put((byte) 0);
        return this;
    }

    @CanIgnoreReturnValue
    DBusWriter signature(String value) {
        byte[] ascii = value.getBytes(StandardCharsets.US_ASCII);
        octet(ascii.length).room(ascii.length + 1).put(ascii).put((byte) 0);
        return this;
    }

    /// Puts what another writer holds behind this, as it is.
    @CanIgnoreReturnValue
    DBusWriter append(DBusWriter other) {
        ByteBuffer more = other.toBuffer();
        room(more.remaining()).put(more);
        return this;
    }

    int length() {
        return octets.position();
    }

    ByteBuffer toBuffer() {
        return octets.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
    }

    private ByteBuffer room(int length) {
        if (octets.remaining() < length) {
            int capacity = Math.max(octets.capacity() * 2, octets.position() + length);
            octets =
                    ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(octets.flip());
        }
        return octets;
    }
}
