package me.owlrun.gateway.vault;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Asks the mint whether the proofs that the vault holds are unspent (NUT-07), some thousands each
/// time and the next ones the next time. Thread-safe.
public final class TreasuryCheck {

    private static final System.Logger LOG = System.getLogger(TreasuryCheck.class.getName());

    private static final int PROOFS_PER_REQUEST = 100;
    private static final int REQUESTS_MAX = 50;
    private static final String SPENT = "SPENT";

    private final HeldStore store;
    private final MintClient client;
    private final ReentrantLock lock = new ReentrantLock();
    private long seenRowId;

    /// Found before; they stay findings until somebody has put it right.
    private List<VaultProof> wrong = List.of();

    /// @param database where the vault lies
    public TreasuryCheck(Database database, MintClient client) {
        this.store = new HeldStore(database);
        this.client = client;
    }

    /// Proofs that are spent while we hold them; a mint that does not answer proves nothing.
    public List<Finding> findings() {
        lock.lock();
        try {
            List<VaultProof> found = new ArrayList<>();
            for (int request = 0; request < REQUESTS_MAX; request++) {
                List<VaultProof> proofs = store.after(seenRowId, PROOFS_PER_REQUEST);
                if (proofs.isEmpty()) {
                    seenRowId = 0;
                    break;
                }
                if (!look(proofs, found)) {
                    break;
                }
                seenRowId = proofs.getLast().rowId();
            }
            wrong.stream().filter(proof -> !found.contains(proof)).forEach(found::add);
            // What left the vault meanwhile is no longer ours; its row said so before the mint.
            wrong = found.isEmpty() ? found : store.stillHeld(found);
            return wrong.stream().map(TreasuryCheck::finding).toList();
        } finally {
            lock.unlock();
        }
    }

    private boolean look(List<VaultProof> proofs, List<VaultProof> found) {
        MintAnswer<List<String>> answer =
                client.states(proofs.stream().map(VaultProof::proof).toList());
        if (!(answer instanceof MintAnswer.Ok<List<String>>(List<String> states))
                || states.size() != proofs.size()) {
            LOG.log(System.Logger.Level.WARNING, "the mint does not tell which proofs are spent");
            return false;
        }
        for (int i = 0; i < proofs.size(); i++) {
            if (SPENT.equals(states.get(i))) {
                found.add(proofs.get(i));
            }
        }
        return true;
    }

    private static Finding finding(VaultProof proof) {
        return new Finding(
                "treasury_is_unspent",
                "proof %d of %d steps is held here and spent at the mint"
                        .formatted(proof.rowId(), proof.amount()));
    }
}
