package me.owlrun.cashu;

import java.util.Optional;

/// The arithmetic of secp256k1 on plain bytes: points as 65 bytes (04, x, y), scalars as 32
/// big-endian bytes from 1 to the group order less 1. Two libraries stand behind it, and each is
/// the other's test.
interface CurveEngine {

    /// Bytes of an uncompressed point.
    int POINT_BYTES = 65;

    /// What the log says about it.
    String name();

    /// The 65-byte form of a 33-byte one; empty when it is not a point of the curve.
    Optional<byte[]> decode(byte[] compressed);

    /// k·G for a secret k.
    byte[] multiplyG(byte[] scalar);

    /// k·P for a secret k and a point that may come from an attacker: the time it takes must not
    /// tell k.
    byte[] multiplySecret(byte[] point, byte[] scalar);

    /// k·P where k is no secret of this process or nobody can time it.
    byte[] multiply(byte[] point, byte[] scalar);

    /// P + Q; empty when that is infinity.
    Optional<byte[]> add(byte[] p, byte[] q);

    /// a·b + c modulo the group order, with a and c secret.
    ///
    /// @param b below the group order, may be zero
    byte[] multiplyAdd(byte[] a, byte[] b, byte[] c);
}
