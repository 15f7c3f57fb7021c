package me.owlrun.cashu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// The arithmetic by libsecp256k1, called directly. Secret scalars meet foreign points only in its
/// ECDH call, which takes the same time for every scalar and hands both coordinates to a callback.
final class NativeEngine implements CurveEngine {

    private static final int COORDINATES_BYTES = 64;
    private static final long COMPRESSED = Point.COMPRESSED_BYTES;
    private static final long KEY_BYTES = NativeCurve.KEY_BYTES;

    private final NativeCurve curve;

    NativeEngine(NativeCurve curve) {
        this.curve = curve;
    }

    @Override
    public String name() {
        return "libsecp256k1";
    }

    @Override
    public Optional<byte[]> decode(byte[] compressed) {
        MemorySegment key = key();
        return curve.parse(key, compressed, COMPRESSED)
                ? Optional.of(serialize(key))
                : Optional.empty();
    }

    @Override
    public byte[] multiplyG(byte[] scalar) {
        MemorySegment key = key();
        require(curve.create(key, scalar));
        return serialize(key);
    }

    @Override
    public byte[] multiplySecret(byte[] point, byte[] scalar) {
        // The callback leaves and enters Java again, so the memory cannot be the heap's here.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(KEY_BYTES + Scalar.BYTES + COORDINATES_BYTES);
            MemorySegment key = memory.asSlice(0, KEY_BYTES);
            MemorySegment k = memory.asSlice(KEY_BYTES, Scalar.BYTES);
            MemorySegment coordinates = memory.asSlice(KEY_BYTES + Scalar.BYTES);
            require(curve.parse(key, point, POINT_BYTES));
            MemorySegment.copy(scalar, 0, k, JAVA_BYTE, 0, Scalar.BYTES);
            require(curve.ecdh(coordinates, key, k));
            byte[] product = new byte[POINT_BYTES];
            product[0] = 4;
            MemorySegment.copy(coordinates, JAVA_BYTE, 0, product, 1, COORDINATES_BYTES);
            memory.fill((byte) 0);
            return product;
        }
    }

    @Override
    public byte[] multiply(byte[] point, byte[] scalar) {
        MemorySegment key = parse(point);
        require(curve.multiply(key, scalar));
        return serialize(key);
    }

    @Override
    public Optional<byte[]> add(byte[] p, byte[] q) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = arena.allocate(KEY_BYTES).copyFrom(parse(p));
            MemorySegment second = arena.allocate(KEY_BYTES).copyFrom(parse(q));
            MemorySegment sum = arena.allocate(KEY_BYTES);
            return curve.combine(arena, sum, first, second)
                    ? Optional.of(serialize(sum))
                    : Optional.empty();
        }
    }

    @Override
    public byte[] multiplyAdd(byte[] a, byte[] b, byte[] c) {
        if (isZero(b)) {
            return c.clone(); // the library takes no zero
        }
        byte[] result = a.clone();
        require(curve.scalarMultiply(result, b));
        // a·b + c is zero for one challenge in 2^256; the library refuses to make a zero key.
        return curve.scalarAdd(result, c) ? result : new byte[Scalar.BYTES];
    }

    private static boolean isZero(byte[] scalar) {
        return Arrays.equals(scalar, new byte[Scalar.BYTES]);
    }

    private static MemorySegment key() {
        return MemorySegment.ofArray(new byte[NativeCurve.KEY_BYTES]);
    }

    private MemorySegment parse(byte[] point) {
        MemorySegment key = key();
        require(curve.parse(key, point, POINT_BYTES));
        return key;
    }

    private byte[] serialize(MemorySegment key) {
        byte[] point = new byte[POINT_BYTES];
        curve.serialize(point, key);
        return point;
    }

    private static void require(boolean done) {
        if (!done) {
            throw new IllegalArgumentException("not a point of secp256k1, or no scalar below n");
        }
    }
}
