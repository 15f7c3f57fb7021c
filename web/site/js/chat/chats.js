// Conversations on disk, in a database of their own: clearing them never touches money.

const NAME = 'owlrun-chats';
const STORE = 'chats';

/** Most conversations listed. */
const LISTED = 50;

/** The conversations of this browser. A chat is `{id, title, updatedAt, messages}`. */
export class Chats {
  #db;

  constructor(db) {
    this.#db = db;
  }

  static open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.addEventListener('upgradeneeded', () =>
        request.result.createObjectStore(STORE, { keyPath: 'id' }),
      );
      request.addEventListener('success', () => resolve(new Chats(request.result)));
      request.addEventListener('error', () => reject(request.error));
    });
  }

  /** The chats, latest first. */
  async list() {
    const chats = await this.#run('readonly', (store) => store.getAll());
    return chats.sort((a, b) => b.updatedAt - a.updatedAt).slice(0, LISTED);
  }

  save(chat) {
    return this.#run('readwrite', (store) => store.put(chat));
  }

  #run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.#db.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.addEventListener('complete', () => resolve(request.result));
      transaction.addEventListener('abort', () => reject(transaction.error));
    });
  }
}

/** A chat with nothing in it. */
export function newChat(id, at) {
  return { id, title: '', updatedAt: at, messages: [] };
}

/** The first words of a message, as the name of its chat. */
export function titleOf(text) {
  const line = text.trim().split('\n')[0];
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
