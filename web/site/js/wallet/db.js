// The purse on disk: IndexedDB, every write with strict durability, so that a finished transaction
// survives a killed browser. Never localStorage: browsers write that up to a minute late.

const NAME = 'owlrun-wallet';
const VERSION = 1;

/**
 * The stores and their keys.
 * meta: seed and network · counters: next NUT-13 counter by keyset · proofs: coins by secret ·
 * ops: the journal · history: what happened, append-only · quarantine: coins and tokens that the
 * mint refuses, kept because nothing that was money is ever deleted unseen.
 */
export const STORES = Object.freeze({
  meta: 'key',
  counters: 'keysetId',
  proofs: 'secret',
  ops: 'id',
  history: 'id',
  quarantine: 'id',
});

/** One IndexedDB database with transactions as async functions. */
export class WalletDb {
  #db;

  constructor(db) {
    this.#db = db;
    db.addEventListener('versionchange', () => db.close());
  }

  /** Opens the database, creating it at first use. `name` differs only in tests. */
  static async open(name = NAME) {
    const request = indexedDB.open(name, VERSION);
    request.addEventListener('upgradeneeded', () => {
      for (const [store, keyPath] of Object.entries(STORES)) {
        request.result.createObjectStore(store, { keyPath });
      }
    });
    return new WalletDb(await settled(request));
  }

  /** Runs `work(tx)` in a read-only transaction over all stores. */
  read(work) {
    return this.#transact('readonly', work);
  }

  /**
   * Runs `work(tx)` in one read-write transaction over all stores and resolves with its result once
   * the data is on disk. If `work` throws, nothing is written. `work` may only await `tx` calls.
   */
  write(work) {
    return this.#transact('readwrite', work);
  }

  async #transact(mode, work) {
    const transaction = this.#db.transaction(Object.keys(STORES), mode, { durability: 'strict' });
    const finished = new Promise((resolve, reject) => {
      transaction.addEventListener('complete', resolve);
      transaction.addEventListener('abort', () => reject(transaction.error));
    });
    finished.catch(() => {}); // reported below, or overtaken by the error of `work`
    let result;
    try {
      result = await work(new Tx(transaction));
    } catch (error) {
      abortQuietly(transaction);
      throw error;
    }
    await finished;
    return result;
  }
}

/** The calls that a transaction's work may make. */
class Tx {
  #transaction;

  constructor(transaction) {
    this.#transaction = transaction;
  }

  get(store, key) {
    return settled(this.#transaction.objectStore(store).get(key));
  }

  all(store) {
    return settled(this.#transaction.objectStore(store).getAll());
  }

  put(store, row) {
    return settled(this.#transaction.objectStore(store).put(row));
  }

  /** Writes a row that must not exist yet; the transaction fails if it does. */
  add(store, row) {
    return settled(this.#transaction.objectStore(store).add(row));
  }

  remove(store, key) {
    return settled(this.#transaction.objectStore(store).delete(key));
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

function abortQuietly(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has already been aborted by the error that brought us here.
  }
}
