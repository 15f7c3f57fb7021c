package me.owlrun.gateway.outbound;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/// Which IP addresses are out in the public network: none of ours, of a neighbour's, of a
/// protocol's or of documentation (the special-purpose registries of IANA). Of IPv6 only the global
/// unicast block is, and what carries an IPv4 address inside is judged by that.
final class PublicAddresses {

    private static final int BITS_V4 = 32;
    private static final int BITS_V6 = 128;
    private static final int BYTES_V4 = BITS_V4 / 8;

    private static final List<Block> NOT_PUBLIC_V4 =
            List.of(
                    v4(0, 0, 0, 0, 8), // this network
                    v4(10, 0, 0, 0, 8),
                    v4(100, 64, 0, 0, 10), // carriers' NAT
                    v4(127, 0, 0, 0, 8),
                    v4(169, 254, 0, 0, 16), // link-local, and the metadata of clouds
                    v4(172, 16, 0, 0, 12),
                    v4(192, 0, 0, 0, 24),
                    v4(192, 0, 2, 0, 24),
                    v4(192, 88, 99, 0, 24), // relays of 6to4
                    v4(192, 168, 0, 0, 16),
                    v4(198, 18, 0, 0, 15), // benchmarks
                    v4(198, 51, 100, 0, 24),
                    v4(203, 0, 113, 0, 24),
                    v4(224, 0, 0, 0, 4), // multicast
                    v4(240, 0, 0, 0, 4)); // reserved, broadcast

    private static final Block MAPPED = v6("ffff00000000", BITS_V6 - 48, 96);
    private static final Block NAT64 = v6("0064ff9b", 0, 96);
    private static final Block TEREDO = v6("20010000", 0, 32);
    private static final Block SIX_TO_FOUR = v6("2002", 0, 16);
    private static final Block GLOBAL_UNICAST = v6("2000", 0, 3);

    private static final List<Block> NOT_PUBLIC_V6 =
            List.of(
                    v6("2001", 0, 23), // protocols; Teredo is looked at before
                    v6("20010db8", 0, 32), // documentation
                    v6("3fff", 0, 20)); // documentation

    private PublicAddresses() {}

    /// Addresses whose first bits are the same.
    private record Block(BigInteger prefix, int bits, int width) {
        boolean has(BigInteger address) {
            return address.shiftRight(width - bits).equals(prefix.shiftRight(width - bits));
        }
    }

    private static Block v4(int a, int b, int c, int d, int bits) {
        byte[] address = {(byte) a, (byte) b, (byte) c, (byte) d};
        return new Block(new BigInteger(1, address), bits, BITS_V4);
    }

    private static Block v6(String hex, int bitsBefore, int bits) {
        int shift = BITS_V6 - bitsBefore - 4 * hex.length();
        return new Block(new BigInteger(hex, 16).shiftLeft(shift), bits, BITS_V6);
    }

    /// Whether a connection to it may be made.
    static boolean contain(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == BYTES_V4 ? containV4(bytes) : containV6(bytes);
    }

    private static boolean containV4(byte[] bytes) {
        BigInteger address = new BigInteger(1, bytes);
        return NOT_PUBLIC_V4.stream().noneMatch(block -> block.has(address));
    }

    private static boolean containV6(byte[] bytes) {
        BigInteger address = new BigInteger(1, bytes);
        if (MAPPED.has(address) || NAT64.has(address)) {
            return containV4(Arrays.copyOfRange(bytes, 12, 16));
        }
        if (SIX_TO_FOUR.has(address)) {
            return containV4(Arrays.copyOfRange(bytes, 2, 6));
        }
        if (TEREDO.has(address)) {
            byte[] server = Arrays.copyOfRange(bytes, 4, 8);
            byte[] client = Arrays.copyOfRange(bytes, 12, 16);
            for (int i = 0; i < client.length; i++) {
                client[i] = (byte) ~client[i];
            }
            return containV4(server) && containV4(client);
        }
        return GLOBAL_UNICAST.has(address)
                && NOT_PUBLIC_V6.stream().noneMatch(block -> block.has(address));
    }
}
