package me.owlrun.mint.ledger;

import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Columns;
import me.owlrun.hash.Sha256;
import me.owlrun.mint.keys.Signer.SignedMessage;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// The SHA-256 of an operation with all it redeemed and issued, as seals cover it. The bytes are
/// described in docs/decisions/0008-ledger-journal.md; the audit makes the same hash in SQL.
final class OperationDigest {

    private static final UUID NO_QUOTE = new UUID(0, 0);
    private static final int NO_WITNESS = -1;

    private final MessageDigest sha256 = Sha256.digest();

    private OperationDigest() {}

    /// An input as the ledger keeps it.
    ///
    /// @param y the point of its secret
    record Input(Point y, Proof proof) {}

    static byte[] of(Entry entry) {
        List<Input> inputs = new ArrayList<>(entry.inputs().size());
        for (int i = 0; i < entry.inputs().size(); i++) {
            inputs.add(new Input(entry.ys().get(i), entry.inputs().get(i)));
        }
        return of(entry.operation(), inputs, entry.promises());
    }

    /// @param outputs in their order
    static byte[] of(Operation operation, List<Input> inputs, List<SignedMessage> outputs) {
        return of(operation, ofInputs(inputs), ofOutputs(outputs));
    }

    /// The hash of an operation whose inputs and outputs are hashed already.
    private static byte[] of(Operation operation, byte[] inputsSha256, byte[] outputsSha256) {
        OperationDigest digest = new OperationDigest();
        digest.sha256.update(Columns.utf8("Owlrun_operation_v1"));
        digest.uuid(operation.id());
        digest.text(operation.kind().text());
        digest.text(operation.unit().text());
        digest.sha256.update(operation.requestHash().bytes());
        digest.uuid(operation.quoteId().orElse(NO_QUOTE));
        digest.number(operation.inputAmount());
        digest.number(operation.outputAmount());
        digest.number(operation.feeAmount());
        digest.number(micros(operation.createdAt()));
        digest.sha256.update(inputsSha256);
        digest.sha256.update(outputsSha256);
        return digest.sha256.digest();
    }

    private static byte[] ofInputs(List<Input> inputs) {
        OperationDigest digest = new OperationDigest();
        inputs.stream()
                .sorted(Comparator.comparing(i -> i.y().toBytes(), Arrays::compareUnsigned))
                .forEach(digest::input);
        return digest.sha256.digest();
    }

    private void input(Input input) {
        Proof proof = input.proof();
        sha256.update(input.y().toBytes());
        keyset(proof.keysetId());
        number(proof.amount());
        sha256.update(proof.c().toBytes());
        text(proof.secret());
        byte[] witness = Columns.utf8(proof.witness().orElse(""));
        length(witness.length == 0 ? NO_WITNESS : witness.length);
        sha256.update(witness);
    }

    private static byte[] ofOutputs(List<SignedMessage> outputs) {
        OperationDigest digest = new OperationDigest();
        for (SignedMessage output : outputs) {
            digest.sha256.update(output.b().toBytes());
            digest.keyset(output.keysetId());
            digest.number(output.amount());
            digest.sha256.update(output.c().toBytes());
        }
        return digest.sha256.digest();
    }

    /// Microseconds since the epoch, the finest the database keeps.
    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private void keyset(KeysetId id) {
        text(id.value());
    }

    private void text(String text) {
        byte[] utf8 = Columns.utf8(text);
        length(utf8.length);
        sha256.update(utf8);
    }

    private void uuid(UUID uuid) {
        number(uuid.getMostSignificantBits());
        number(uuid.getLeastSignificantBits());
    }

    private void length(int length) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
    }

    private void number(long number) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }
}
