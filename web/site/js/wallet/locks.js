// Web Locks: the order among tabs. `owlrun-wallet` guards every read of spendable coins and every
// change of state, for milliseconds; `owlrun-op:ID` is held by the one tab that drives an op, for
// as long as its stream lives. Always taken in the order op, wallet.

const WALLET = 'owlrun-wallet';
const OP_PREFIX = 'owlrun-op:';

/** Whether this browser has locks; without them the purse must stay read-only. */
export function hasLocks() {
  return typeof navigator === 'object' && navigator.locks !== undefined;
}

/** Runs `work` while no other tab touches the purse. */
export function withWallet(work) {
  return navigator.locks.request(WALLET, work);
}

/** Runs `work` as the only driver of this op; waits for another tab to let go. */
export function withOp(id, work) {
  return navigator.locks.request(OP_PREFIX + id, work);
}

/** Like `withOp`, but returns `otherwise` at once if the op is being driven elsewhere. */
export function ifOpIsFree(id, work, otherwise) {
  return navigator.locks.request(OP_PREFIX + id, { ifAvailable: true }, (lock) =>
    lock === null ? otherwise : work(),
  );
}
