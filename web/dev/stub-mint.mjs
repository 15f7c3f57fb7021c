// A mint in memory for working on the page: just enough of NUT 01-07, 09 and 12, with invoices that
// pay themselves. It keeps no rules beyond "signed amounts balance" and "nothing is spent twice".
import { randomUUID } from 'node:crypto';
import {
  createBlindSignature,
  createDLEQProof,
  createNewMintKeys,
  hashToCurve,
  pointFromHex,
  serializeMintKeys,
  verifyUnblindedSignature,
} from '../vendor-src/node_modules/@cashu/cashu-ts/lib/cashu-ts.es.js';

const DENOMINATIONS = 40;

/** A refusal with its code of the Cashu error list. */
export class Refusal extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

export class StubMint {
  #keysets = new Map();
  #spent = new Set();
  #signed = new Map();
  #quotes = new Map();
  #replays = new Map();

  /** True: a replay gets the error that a mint without a memory of requests would give. */
  isForgetful = false;

  constructor({ payAfterMillis = 1_000 } = {}) {
    this.payAfterMillis = payAfterMillis;
    for (const unit of ['sat', 'msat']) {
      this.#newKeyset(unit);
    }
  }

  #newKeyset(unit) {
    const { keysetId, pubKeys, privKeys } = createNewMintKeys(DENOMINATIONS, undefined, { unit });
    const keys = serializeMintKeys(pubKeys);
    this.#keysets.set(keysetId, { id: keysetId, unit, keys, privKeys, active: true });
  }

  /** Retires the keyset of a unit: its coins stay good, but no new ones are made with it. */
  rotate(unit) {
    this.keyset(unit).active = false;
    this.#newKeyset(unit);
  }

  /** Answers one request as `{status, body}`. */
  answer(method, path, body) {
    const route = `${method} ${path}`;
    if (route === 'GET /v1/info') {
      return { name: 'stub mint', version: 'stub/0', nuts: {} };
    }
    if (route === 'GET /v1/keysets') {
      return {
        keysets: [...this.#keysets.values()].map(({ id, unit, active }) => ({
          id,
          unit,
          active,
          input_fee_ppk: 0,
        })),
      };
    }
    if (path.startsWith('/v1/keys')) {
      const id = path.split('/')[3];
      const found = [...this.#keysets.values()].filter((set) => id === undefined || set.id === id);
      return { keysets: found.map(({ id, unit, active, keys }) => ({ id, unit, active, keys })) };
    }
    if (route === 'POST /v1/mint/quote/bolt11') {
      return this.#newQuote(body);
    }
    if (path.startsWith('/v1/mint/quote/bolt11/')) {
      return this.#quotes.get(path.split('/').pop());
    }
    if (route === 'POST /v1/mint/bolt11') {
      return this.#once(route, body, () => this.#mint(body));
    }
    if (route === 'POST /v1/swap') {
      return this.#once(route, body, () => this.swap(body));
    }
    if (route === 'POST /v1/checkstate') {
      return {
        states: body.Ys.map((Y) => ({ Y, state: this.#spent.has(Y) ? 'SPENT' : 'UNSPENT' })),
      };
    }
    if (route === 'POST /v1/restore') {
      const outputs = body.outputs.filter((output) => this.#signed.has(output.B_));
      return { outputs, signatures: outputs.map((output) => this.#signed.get(output.B_)) };
    }
    throw new Refusal(0, `no ${route}`);
  }

  keyset(unit) {
    return [...this.#keysets.values()].find((set) => set.active && set.unit === unit);
  }

  keysetIds() {
    return [...this.#keysets.keys()];
  }

  swap({ inputs, outputs }) {
    const sum = (list) => list.reduce((total, item) => total + Number(item.amount), 0);
    if (sum(inputs) !== sum(outputs)) {
      throw new Refusal(11005, 'not balanced');
    }
    const points = inputs.map((proof) => this.#check(proof));
    if (points.some((point) => this.#spent.has(point))) {
      throw new Refusal(11001, 'already spent');
    }
    this.#checkFresh(outputs);
    points.forEach((point) => this.#spent.add(point));
    return { signatures: outputs.map((output) => this.#sign(output)) };
  }

  /** Signs without being paid: for the stub gateway's change only. */
  conjure(outputs) {
    return { signatures: outputs.map((output) => this.#sign(output)) };
  }

  #newQuote({ unit, amount }) {
    const quote = {
      quote: randomUUID(),
      request: `lnbc${amount / (unit === 'msat' ? 1000 : 1)}0n1p${'stubstubstub'.repeat(20)}`,
      amount,
      unit,
      state: 'UNPAID',
      expiry: Math.floor(Date.now() / 1000) + 600,
    };
    this.#quotes.set(quote.quote, quote);
    if (this.payAfterMillis !== null) {
      setTimeout(() => (quote.state = 'PAID'), this.payAfterMillis);
    }
    return quote;
  }

  #mint({ quote: id, outputs }) {
    const quote = this.#quotes.get(id);
    if (quote?.state !== 'PAID') {
      throw new Refusal(quote?.state === 'ISSUED' ? 20002 : 20001, 'not paid or already issued');
    }
    if (outputs.reduce((sum, output) => sum + Number(output.amount), 0) !== quote.amount) {
      throw new Refusal(11005, 'not balanced');
    }
    this.#checkFresh(outputs);
    quote.state = 'ISSUED';
    return { signatures: outputs.map((output) => this.#sign(output)) };
  }

  /** The same request gets the same answer for ever, as our real mint does it. */
  #once(route, body, work) {
    const key = route + JSON.stringify(body);
    if (this.isForgetful || !this.#replays.has(key)) {
      this.#replays.set(key, work());
    }
    return this.#replays.get(key);
  }

  #check(proof) {
    const keyset = this.#keysets.get(proof.id);
    const secret = new TextEncoder().encode(proof.secret);
    const signature = { C: pointFromHex(proof.C), secret, id: proof.id };
    if (!verifyUnblindedSignature(signature, keyset.privKeys[String(proof.amount)])) {
      throw new Refusal(10001, 'not our signature');
    }
    return hashToCurve(secret).toHex(true);
  }

  #checkFresh(outputs) {
    if (outputs.some((output) => !this.#keysets.get(output.id)?.active)) {
      throw new Refusal(12002, 'keyset is inactive');
    }
    if (outputs.some((output) => this.#signed.has(output.B_))) {
      throw new Refusal(11003, 'outputs already signed');
    }
  }

  #sign({ id, amount, B_ }) {
    const key = this.#keysets.get(id).privKeys[String(amount)];
    const point = pointFromHex(B_);
    const { e, s } = createDLEQProof(point, key);
    const hex = (bytes) => Buffer.from(bytes).toString('hex');
    const C_ = createBlindSignature(point, key, id).C_.toHex(true);
    const signature = { id, amount: Number(amount), C_, dleq: { e: hex(e), s: hex(s) } };
    this.#signed.set(B_, signature);
    return signature;
  }
}
