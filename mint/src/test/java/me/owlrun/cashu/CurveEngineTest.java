package me.owlrun.cashu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The two curve libraries against each other, on chance that is the same in every run and on the
/// edges of every range.
final class CurveEngineTest {

    private static final int ROUNDS = 2_000;
    private static final BigInteger P =
            BigInteger.TWO.pow(256).subtract(BigInteger.valueOf(0x1000003D1L));

    private final CurveEngine java = Curve.choose("java");
    private final CurveEngine fast = Curve.choose("native");
    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(20_261_121);

    @Test
    void choice_defaultOnThisPlatform_isTheNativeLibrary() {
        assertInstanceOf(NativeEngine.class, Curve.choose(""));
        assertInstanceOf(BouncyEngine.class, Curve.choose("java"));
    }

    @Test
    void engines_randomPointsAndScalars_agree() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] k = scalar();
            byte[] a = java.multiplyG(scalar());
            byte[] b = java.multiplyG(k);
            assertArrayEquals(b, fast.multiplyG(k));
            assertAgreeOn(a, k);
            assertSum(a, b);
            byte[] e = Scalar.bytes(new BigInteger(1, bytes(32)).mod(Curve.ORDER));
            assertArrayEquals(java.multiplyAdd(k, e, e), fast.multiplyAdd(k, e, e));
        }
    }

    @Test
    void engines_edgeScalars_agree() {
        byte[] point = java.multiplyG(scalar());
        for (byte[] k : edgeScalars()) {
            assertArrayEquals(java.multiplyG(k), fast.multiplyG(k));
            assertAgreeOn(point, k);
            for (byte[] other : edgeScalars()) {
                assertSum(java.multiplyG(k), java.multiplyG(other));
                assertArrayEquals(
                        java.multiplyAdd(k, other, point(point)),
                        fast.multiplyAdd(k, other, point(point)));
            }
        }
        byte[] one = Scalar.bytes(BigInteger.ONE);
        byte[] last = Scalar.bytes(Curve.ORDER.subtract(BigInteger.ONE));
        assertArrayEquals(point, fast.multiplySecret(point, one));
        assertEquals(Optional.empty(), fast.add(point, fast.multiplySecret(point, last)));
        assertEquals(Optional.empty(), java.add(point, java.multiplySecret(point, last)));
    }

    @Test
    void multiplyAdd_zeroes_areHandledAlike() {
        byte[] k = scalar();
        byte[] zero = new byte[Scalar.BYTES];
        byte[] one = Scalar.bytes(BigInteger.ONE);
        byte[] opposite = Scalar.bytes(Curve.ORDER.subtract(new BigInteger(1, k)));
        for (CurveEngine engine : List.of(java, fast)) {
            assertArrayEquals(k, engine.multiplyAdd(one, zero, k));
            assertArrayEquals(zero, engine.multiplyAdd(k, one, opposite));
        }
    }

    @Test
    void decode_anyBytes_agreeOnWhatIsAPoint() {
        int points = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] candidate = bytes(Point.COMPRESSED_BYTES);
            candidate[0] = (byte) (2 + (candidate[0] & 1));
            Optional<byte[]> expected = java.decode(candidate);
            assertDecoded(expected, fast.decode(candidate));
            points += expected.isPresent() ? 1 : 0;
        }
        assertTrue(points > ROUNDS / 3 && points < ROUNDS * 2 / 3, "half of all x are on a curve");
    }

    @Test
    void decode_edgeCoordinates_agree() {
        for (int offset = -40; offset <= 40; offset++) {
            for (BigInteger base : List.of(P, Curve.ORDER, BigInteger.valueOf(40))) {
                byte[] x = Scalar.bytes(base.add(BigInteger.valueOf(offset)));
                for (byte parity = 0; parity < 8; parity++) {
                    byte[] candidate = new byte[Point.COMPRESSED_BYTES];
                    candidate[0] = parity;
                    System.arraycopy(x, 0, candidate, 1, x.length);
                    if (parity == 2 || parity == 3) {
                        assertDecoded(java.decode(candidate), fast.decode(candidate));
                    } else {
                        assertThrows(CashuFormatException.class, () -> Point.fromBytes(candidate));
                    }
                }
            }
        }
        byte[] beyondField = new byte[Point.COMPRESSED_BYTES];
        beyondField[0] = 2;
        System.arraycopy(Scalar.bytes(P.add(BigInteger.ONE)), 0, beyondField, 1, 32);
        assertFalse(fast.decode(beyondField).isPresent(), "x is not below the field's prime");
    }

    @Test
    void multiply_bytesThatAreNoPoint_isRefused() {
        byte[] off = java.multiplyG(scalar());
        off[CurveEngine.POINT_BYTES - 1] ^= 1;
        byte[] k = scalar();
        for (CurveEngine engine : List.of(java, fast)) {
            assertThrows(IllegalArgumentException.class, () -> engine.multiplySecret(off, k));
            assertThrows(IllegalArgumentException.class, () -> engine.multiply(off, k));
            assertThrows(IllegalArgumentException.class, () -> engine.add(off, off));
        }
    }

    @Test
    void minus_pointsOfEveryKind_matchesBouncyCastle() {
        Point g = new Scalar(BigInteger.ONE).publicKey();
        for (int round = 0; round < ROUNDS / 10; round++) {
            Point a = Point.ofUncompressed(java.multiplyG(scalar()));
            Point b = Point.ofUncompressed(java.multiplyG(scalar()));
            Point expected = Point.of(a.ecPoint().subtract(b.ecPoint()));
            assertEquals(Optional.of(expected), a.minus(b));
            assertEquals(Optional.of(a), a.plus(b).flatMap(sum -> sum.minus(b)));
            assertEquals(Optional.empty(), a.minus(a));
            assertEquals(Optional.of(g), a.plus(g).flatMap(sum -> sum.minus(a)));
        }
    }

    @Test
    void fromTrustedBytes_goodAndDamaged_isDecodedWhenUsed() {
        Point point = Point.ofUncompressed(java.multiplyG(scalar()));
        Point stored = Point.fromTrustedBytes(point.toBytes());
        assertEquals(point, stored);
        assertArrayEquals(point.uncompressed(), stored.uncompressed());
        byte[] damaged = new byte[Point.COMPRESSED_BYTES];
        damaged[0] = 2; // no point has x = 0
        assertThrows(
                CashuFormatException.class, () -> Point.fromTrustedBytes(damaged).uncompressed());
        assertThrows(CashuFormatException.class, () -> Point.fromTrustedBytes(new byte[32]));
    }

    @Test
    void scalarsOutOfRange_areRefused() {
        byte[] order = Scalar.bytes(Curve.ORDER);
        byte[] zero = new byte[Scalar.BYTES];
        assertThrows(CashuFormatException.class, () -> Scalar.fromBytes(order));
        assertThrows(CashuFormatException.class, () -> Scalar.fromBytes(zero));
        byte[] point = java.multiplyG(scalar());
        assertThrows(IllegalArgumentException.class, () -> fast.multiplySecret(point, order));
        assertThrows(IllegalArgumentException.class, () -> fast.multiplyG(zero));
    }

    @Test
    void nativeLibrary_everyPlatform_hasAName() {
        String folder = "fr/acinq/secp256k1/jni/native/";
        assertEquals(
                folder + "linux-x86_64/libsecp256k1-jni.so",
                NativeLibrary.resource("Linux", "amd64"));
        assertEquals(
                folder + "linux-aarch64/libsecp256k1-jni.so",
                NativeLibrary.resource("Linux", "aarch64"));
        assertEquals(
                folder + "darwin/libsecp256k1-jni.dylib",
                NativeLibrary.resource("Mac OS X", "aarch64"));
        assertEquals(
                folder + "mingw-x86_64/secp256k1-jni.dll",
                NativeLibrary.resource("Windows 11", "amd64"));
    }

    private void assertAgreeOn(byte[] point, byte[] k) {
        byte[] expected = java.multiply(point, k);
        assertArrayEquals(expected, java.multiplySecret(point, k));
        assertArrayEquals(expected, fast.multiply(point, k));
        assertArrayEquals(expected, fast.multiplySecret(point, k));
    }

    private void assertSum(byte[] a, byte[] b) {
        assertDecoded(java.add(a, b), fast.add(a, b));
    }

    private static void assertDecoded(Optional<byte[]> expected, Optional<byte[]> actual) {
        assertEquals(expected.isPresent(), actual.isPresent());
        expected.ifPresent(point -> assertArrayEquals(point, actual.orElseThrow()));
    }

    private static List<byte[]> edgeScalars() {
        List<byte[]> edges = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            edges.add(Scalar.bytes(BigInteger.valueOf(i)));
            edges.add(Scalar.bytes(Curve.ORDER.subtract(BigInteger.valueOf(i))));
        }
        edges.add(Scalar.bytes(Curve.ORDER.shiftRight(1)));
        edges.add(Scalar.bytes(Curve.ORDER.shiftRight(1).add(BigInteger.ONE)));
        edges.add(Scalar.bytes(BigInteger.TWO.pow(128)));
        edges.add(Scalar.bytes(BigInteger.TWO.pow(255)));
        return edges;
    }

    /// Some scalar that follows from a point.
    private static byte[] point(byte[] point) {
        return Scalar.bytes(new BigInteger(1, point).mod(Curve.ORDER));
    }

    private byte[] scalar() {
        BigInteger number = new BigInteger(1, bytes(32)).mod(Curve.ORDER);
        return Scalar.bytes(number.signum() == 0 ? BigInteger.ONE : number);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
