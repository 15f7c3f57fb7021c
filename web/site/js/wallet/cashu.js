// The one module that knows the Cashu library. The rest of the purse sees plain rows:
// a coin `{id, amount, unit, secret, C, dleq?}` and an exchange (see exchange.js).
// NUT-00 tokens, 01/02 keysets, 03 swap, 04 mint, 07 states, 09 restore, 12 DLEQ, 13 secrets.

import {
  Keyset,
  Mint,
  MintOperationError,
  OutputData,
  generateMnemonic,
  getDecodedToken,
  getEncodedToken,
  getTokenMetadata,
  hashToCurve,
  mnemonicToSeedSync,
  wordlist,
} from '../../vendor/cashu.mjs';
import { MSAT_PER_UNIT, wholeAmount } from './amounts.js';

/** How long we wait for one answer of the mint. */
const MINT_TIMEOUT_MILLIS = 20_000;

/** The mint said no, with its code of the Cashu error list; asking again gives the same answer. */
export class MintRefusal extends Error {
  constructor(code, detail) {
    super(`the mint refused (${code}): ${detail}`);
    this.code = code;
  }
}

/** No usable answer of the mint: nothing is known, so ask again later. */
export class MintUnreachable extends Error {}

/** What was pasted is not a token we can read. */
export class UnreadableToken extends Error {}

/** Twelve fresh words and the 64-byte seed they stand for (BIP39, NUT-13). */
export function newSeed() {
  const words = generateMnemonic(wordlist, 128);
  return { words, seed: mnemonicToSeedSync(words) };
}

/** What a token says about itself, without asking anyone: `{mint, unit, amount, count}`. */
export function peekToken(text) {
  try {
    const { mint, unit, amount, incompleteProofs } = getTokenMetadata(text.trim());
    return { mint, unit, amount: amount.toNumber(), count: incompleteProofs.length };
  } catch (cause) {
    throw new UnreadableToken('this is not a Cashu token', { cause });
  }
}

/** Whether two mint addresses are the same one; the loopback names count as equal. */
export function sameMint(one, other) {
  return canonical(one) === canonical(other);
}

function canonical(address) {
  try {
    const url = new URL(address);
    const host = ['localhost', '[::1]'].includes(url.hostname) ? '127.0.0.1' : url.hostname;
    return `${url.protocol}//${host}:${url.port}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return address;
  }
}

/** The mint of this purse. */
export class MintClient {
  #mint;
  #keysets = new Map();
  #loading = null;

  constructor(url) {
    this.url = url;
    this.#mint = new Mint(url);
  }

  /** Asks for an invoice over `amount` units: `{id, request, expiresAt}` (milliseconds or null). */
  async createQuote(unit, amount) {
    const quote = await ask(() => this.#mint.createMintQuoteBolt11({ unit, amount }));
    return {
      id: quote.quote,
      request: quote.request,
      expiresAt: quote.expiry ? quote.expiry * 1000 : null,
    };
  }

  /** The state of a quote: `UNPAID`, `PAID` or `ISSUED`. */
  async quoteState(id) {
    const quote = await ask(() => this.#mint.checkMintQuoteBolt11(id));
    return quote.state;
  }

  /**
   * The keyset that new coins of this unit are made with: `{id, unit, feePpk, keys}`. The mint's
   * list is asked for once, and again if `isForced`.
   */
  async activeKeyset(unit, isForced = false) {
    await this.#load(isForced);
    const active = [...this.#keysets.values()].filter((set) => set.unit === unit && set.isActive);
    if (active.length === 0) {
      throw new MintRefusal(0, `it issues no coins in ${unit}`);
    }
    return this.#withKeys(active.sort((a, b) => a.feePpk - b.feePpk)[0]);
  }

  /** The fee in parts per thousand of a unit for spending one coin of this keyset. */
  feePpkOf(keysetId) {
    return this.#keysets.get(keysetId)?.feePpk ?? 0;
  }

  /**
   * Blinded outputs for `amounts`, derived from the seed at counters `start`, `start + 1` and so on
   * (NUT-13), in a form that can be stored. The same arguments always give the same outputs.
   */
  outputs(seed, keyset, start, amounts) {
    return amounts.map((amount, index) =>
      OutputData.serialize(
        OutputData.createSingleDeterministicData(amount, seed, start + index, keyset.id),
      ),
    );
  }

  /** Asks the mint to swap (NUT-03) or, with a quote, to mint (NUT-04); returns the signatures. */
  async sign(exchange) {
    const outputs = exchange.outputs.map((output) => OutputData.deserialize(output.data));
    const messages = outputs.map((output) => output.blindedMessage);
    const answer = await ask(() =>
      exchange.quoteId === undefined
        ? this.#mint.swap({ inputs: exchange.inputs.map(wireProof), outputs: messages })
        : this.#mint.mintBolt11({ quote: exchange.quoteId, outputs: messages }),
    );
    return this.#unblind(exchange, outputs, answer.signatures);
  }

  /** The coins of an exchange that the mint has signed before (NUT-09), or null if it has not. */
  async restore(exchange) {
    const outputs = exchange.outputs.map((output) => OutputData.deserialize(output.data));
    const messages = outputs.map((output) => output.blindedMessage);
    const answer = await ask(() => this.#mint.restore({ outputs: messages }));
    const found = new Map(answer.outputs.map((out, i) => [out.B_, answer.signatures[i]]));
    const signatures = messages.map((message) => found.get(message.B_));
    if (signatures.every((signature) => signature === undefined)) {
      return null;
    }
    return this.#unblind(exchange, outputs, signatures);
  }

  /** The states of coins (NUT-07) in their order: `UNSPENT`, `PENDING` or `SPENT`. */
  async states(coins) {
    const points = coins.map((coin) =>
      hashToCurve(new TextEncoder().encode(coin.secret)).toHex(true),
    );
    const answer = await ask(() => this.#mint.check({ Ys: points }));
    const states = new Map(answer.states.map((entry) => [entry.Y, entry.state]));
    return points.map((point) => states.get(point) ?? 'PENDING');
  }

  /** The coins in a token of this mint. Throws if it is of another mint or cannot be read. */
  async coinsOf(text) {
    const { unit } = peekToken(text);
    await this.#load();
    let token = this.#decode(text);
    if (token === null) {
      await this.#load(true); // the mint may have a keyset that is younger than our list
      token = this.#decode(text);
    }
    const isOurs = (proof) => this.#keysets.get(proof.id)?.unit === unit;
    if (token === null || !token.proofs.every(isOurs)) {
      throw new UnreadableToken('its coins are of keys that our mint does not have');
    }
    return token.proofs.map((proof) => row(proof, unit));
  }

  /** The `cashuB` token that carries these coins of one unit. */
  token(unit, coins) {
    const proofs = coins.map(wireProof);
    return getEncodedToken({ mint: this.url, unit, proofs }, { removeDleq: true });
  }

  #decode(text) {
    try {
      return getDecodedToken(text.trim(), [...this.#keysets.keys()]);
    } catch {
      return null;
    }
  }

  async #unblind(exchange, outputs, signatures) {
    const keyset = await this.#withKeys(
      this.#keysets.get(exchange.keysetId) ?? (await this.#known(exchange.keysetId)),
    );
    return outputs.map((output, index) => {
      const signature = signatures[index];
      const message = output.blindedMessage;
      if (signature?.id !== message.id || !signature.amount.equals(message.amount)) {
        throw new MintUnreachable('the mint signed something other than what was asked');
      }
      return row(output.toProof(signature, keyset), exchange.unit);
    });
  }

  async #known(keysetId) {
    await this.#load(true);
    const keyset = this.#keysets.get(keysetId);
    if (keyset === undefined) {
      throw new MintUnreachable(`the mint does not list keyset ${keysetId}`);
    }
    return keyset;
  }

  async #load(isForced = false) {
    if (this.#keysets.size > 0 && !isForced) {
      return;
    }
    this.#loading ??= ask(() => this.#mint.getKeySets()).finally(() => (this.#loading = null));
    for (const set of (await this.#loading).keysets) {
      if (MSAT_PER_UNIT[set.unit] !== undefined) {
        const known = this.#keysets.get(set.id);
        const feePpk = wholeAmount(set.input_fee_ppk ?? 0, 'fee');
        const { id, unit } = set;
        this.#keysets.set(id, { id, unit, isActive: set.active, feePpk, keys: known?.keys });
      }
    }
  }

  async #withKeys(keyset) {
    if (keyset.keys === undefined) {
      const answer = await ask(() => this.#mint.getKeys(keyset.id));
      const found = answer.keysets.find((set) => set.id === keyset.id);
      if (found === undefined || !Keyset.verifyKeysetId(found)) {
        throw new MintUnreachable(`the keys of keyset ${keyset.id} do not match its id`);
      }
      keyset.keys = found.keys;
    }
    return keyset;
  }
}

/** Runs one call of the library, with a deadline, and sorts its errors into our two kinds. */
async function ask(call) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), MINT_TIMEOUT_MILLIS);
  });
  try {
    return await Promise.race([call(), deadline]);
  } catch (cause) {
    if (cause instanceof MintOperationError) {
      throw new MintRefusal(cause.code, cause.message);
    }
    throw new MintUnreachable('the mint gave no usable answer', { cause });
  } finally {
    clearTimeout(timer);
  }
}

function row(proof, unit) {
  const { id, secret, C, dleq } = proof;
  const amount = wholeAmount(proof.amount.toNumber());
  return dleq === undefined
    ? { id, amount, unit, secret, C }
    : { id, amount, unit, secret, C, dleq };
}

function wireProof({ id, amount, secret, C, witness }) {
  return witness === undefined ? { id, amount, secret, C } : { id, amount, secret, C, witness };
}
