package me.owlrun.mint.condition;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Schnorr;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One way to open a lock: so many of these keys must have signed. A key counts once, however often
/// it signs.
///
/// @param keys no two with the same x-coordinate, as those are one signer
/// @param required how many of them
record KeyPath(List<Point> keys, int required) {

    /// @throws CashuFormatException when a key is there twice
    KeyPath {
        Set<String> xs = new HashSet<>();
        for (Point key : keys) {
            if (!xs.add(key.toHex().substring(2))) { // without the two digits for the sign of y
                throw new CashuFormatException("a key is there twice");
            }
        }
    }

    /// Whether enough of the keys signed a hash.
    ///
    /// @param signatures any bytes; those that are no signature do not count
    boolean isOpenedBy(List<byte[]> signatures, byte[] hash) {
        int signed = 0;
        for (Point key : keys) {
            if (signed == required) {
                break;
            }
            if (signatures.stream().anyMatch(s -> Schnorr.verify(hash, key, s))) {
                signed++;
            }
        }
        return signed == required;
    }
}
