package me.owlrun.mint.ldk;

import me.owlrun.hash.Sha256;

import org.ldk.structs.Confirm;
import org.ldk.structs.TwoTuple_usizeTransactionZ;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// A chain of blocks without proof of work, whose only transactions are made here. The nodes take
/// its word for everything: it shows them headers and funding transactions.
final class HandMadeChain {

    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 80;
    private static final long SEQUENCE_FINAL = 0xffff_ffffL;

    private final List<Confirm> watchers = new ArrayList<>();
    private final Clock clock;
    private byte[] tip;
    private int height;
    private int coins;

    /// @param genesis the hash of the block that the nodes begin with
    HandMadeChain(byte[] genesis, Clock clock) {
        this.tip = genesis.clone();
        this.clock = clock;
    }

    void addWatcher(Confirm watcher) {
        watchers.add(watcher);
    }

    int height() {
        return height;
    }

    /// Bytes in the order in which block hashes are hashed, not shown.
    byte[] tip() {
        return tip.clone();
    }

    /// Adds empty blocks.
    void mine(int blocks) {
        for (int i = 0; i < blocks; i++) {
            byte[] header = nextHeader(new byte[Sha256.of("").length]);
            watchers.forEach(watcher -> watcher.best_block_updated(header, height));
        }
    }

    /// Adds a block with this transaction.
    void mine(Transaction transaction) {
        byte[] header = nextHeader(HexFormat.of().parseHex(transaction.idHex()));
        for (Confirm watcher : watchers) {
            TwoTuple_usizeTransactionZ[] confirmed = {
                TwoTuple_usizeTransactionZ.of(1, transaction.bytes())
            };
            watcher.transactions_confirmed(header, confirmed, height);
            watcher.best_block_updated(header, height);
        }
    }

    private byte[] nextHeader(byte[] merkleRoot) {
        byte[] header =
                ByteBuffer.allocate(HEADER_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(VERSION)
                        .put(tip)
                        .put(merkleRoot)
                        .putInt((int) clock.instant().getEpochSecond())
                        .putInt(0)
                        .putInt(height)
                        .array();
        tip = Sha256.of(Sha256.of(header));
        height++;
        return header;
    }

    /// A transaction in hexadecimal digits.
    ///
    /// @param hex with its witness
    /// @param idHex the double hash of it without the witness
    record Transaction(String hex, String idHex) {

        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    /// Pays to a script out of a coin that nobody asks for; its witness is as short as one can be.
    Transaction pay(long amountSat, byte[] script) {
        coins++;
        byte[] id = Sha256.of(Sha256.of(transaction(amountSat, script, false)));
        HexFormat hex = HexFormat.of();
        return new Transaction(
                hex.formatHex(transaction(amountSat, script, true)), hex.formatHex(id));
    }

    private byte[] transaction(long amountSat, byte[] script, boolean witness) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(VERSION, Integer.BYTES));
        if (witness) {
            out.writeBytes(new byte[] {0, 1});
        }
        out.write(1);
        out.writeBytes(Sha256.of("coin " + coins));
        out.writeBytes(little(0, Integer.BYTES));
        out.write(0);
        out.writeBytes(little(SEQUENCE_FINAL, Integer.BYTES));
        out.write(1);
        out.writeBytes(little(amountSat, Long.BYTES));
        out.write(script.length);
        out.writeBytes(script);
        if (witness) {
            out.writeBytes(new byte[] {1, 1, 1});
        }
        out.writeBytes(little(0, Integer.BYTES));
        return out.toByteArray();
    }

    private static byte[] little(long number, int bytes) {
        byte[] all =
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(number)
                        .array();
        return Arrays.copyOf(all, bytes);
    }
}
