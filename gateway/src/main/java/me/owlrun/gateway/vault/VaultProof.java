package me.owlrun.gateway.vault;

import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;

import java.util.Optional;

/// One proof that we hold, with its row.
///
/// @param rowId its row in `vault_proof`
/// @param proof the proof, without DLEQ to keep tokens short
public record VaultProof(long rowId, Proof proof) {

    public static VaultProof of(long rowId, long amount, String keysetId, String secret, String c) {
        return new VaultProof(
                rowId,
                new Proof(
                        amount,
                        new KeysetId(keysetId),
                        secret,
                        Point.fromHex(c),
                        Optional.empty(),
                        Optional.empty()));
    }

    public long amount() {
        return proof.amount();
    }
}
