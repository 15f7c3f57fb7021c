package me.owlrun.limit;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/// A list of networks as in `10.0.0.0/8, ::1/128`; an address without a length means itself.
///
/// @param blocks the networks
public record Networks(List<Block> blocks) {

    private static final int BYTE_BITS = 8;

    /// One network.
    ///
    /// @param address any address in it
    /// @param bits how many leading bits its addresses share
    public record Block(InetAddress address, int bits) {

        boolean contains(InetAddress other) {
            byte[] mine = address.getAddress();
            byte[] theirs = other.getAddress();
            if (mine.length != theirs.length) {
                return false;
            }
            int rest = mine.length * BYTE_BITS - bits;
            return new BigInteger(1, mine)
                    .shiftRight(rest)
                    .equals(new BigInteger(1, theirs).shiftRight(rest));
        }
    }

    /// Reads a list; blank means none.
    ///
    /// @throws IllegalArgumentException when an entry is no network
    public static Networks parse(String text) {
        if (text.isBlank()) {
            return new Networks(List.of());
        }
        return new Networks(Arrays.stream(text.split(",", -1)).map(Networks::block).toList());
    }

    private static Block block(String text) {
        String[] parts = text.strip().split("/", -1);
        InetAddress address = InetAddress.ofLiteral(parts[0]);
        int bitsMax = address.getAddress().length * BYTE_BITS;
        int bits = parts.length == 1 ? bitsMax : Integer.parseInt(parts[1]);
        if (parts.length > 2 || bits < 0 || bits > bitsMax) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        return new Block(address, bits);
    }

    /// Whether an address lies in one of them.
    public boolean contain(InetAddress address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }
}
