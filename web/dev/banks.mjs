// Where the stub gateway's money is: with the stub mint, which signs whatever it is told, or with a
// real mint of play money, where it is earned and topped up like everybody's.
import {
  OutputData,
  Wallet,
  getDecodedToken,
  getEncodedToken,
} from '../vendor-src/node_modules/@cashu/cashu-ts/lib/cashu-ts.es.js';

/** Coins that the gateway owes as change before it has earned any, in units. */
const FLOAT = 100_000;
const POLL_MILLIS = 200;

/** Money out of thin air, which only a stub may make. */
export class StubBank {
  #mint;

  constructor(mint) {
    this.#mint = mint;
  }

  /** Takes a token; throws the mint's refusal. Returns `{unit, amount}`. */
  async claim(text) {
    const token = getDecodedToken(text, this.#mint.keysetIds());
    const amount = sum(token.proofs);
    const outputs = OutputData.createRandomData(amount, this.#mint.keyset(token.unit));
    this.#mint.swap({ inputs: token.proofs, outputs: outputs.map((out) => out.blindedMessage) });
    return { unit: token.unit, amount };
  }

  /** A token over `amount` units. */
  async issue(unit, amount, mintUrl) {
    const keyset = this.#mint.keyset(unit);
    const outputs = OutputData.createRandomData(amount, keyset);
    const { signatures } = this.#mint.conjure(outputs.map((output) => output.blindedMessage));
    const proofs = outputs.map((output, index) =>
      output.toProof({ ...signatures[index], amount: output.blindedMessage.amount }, keyset),
    );
    return getEncodedToken({ mint: mintUrl, unit, proofs });
  }
}

/** A wallet at a real mint; requests are taken one after the other. */
export class WalletBank {
  #wallets = {};
  #proofs = { sat: [], msat: [] };
  #last = Promise.resolve();

  static async open(mintUrl) {
    const bank = new WalletBank();
    for (const unit of ['sat', 'msat']) {
      bank.#wallets[unit] = new Wallet(mintUrl, { unit });
      await bank.#wallets[unit].loadMint();
      const wallet = bank.#wallets[unit];
      let quote = await wallet.createMintQuoteBolt11(FLOAT);
      while (quote.state !== 'PAID') {
        await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
        quote = await wallet.checkMintQuoteBolt11(quote.quote);
      }
      bank.#proofs[unit] = await wallet.mintProofsBolt11(FLOAT, quote);
    }
    return bank;
  }

  claim(text) {
    return this.#inTurn(async () => {
      const ids = Object.values(this.#wallets).flatMap((one) => one.keyChain.getAllKeysetIds());
      const { unit, proofs } = getDecodedToken(text, ids);
      this.#proofs[unit].push(...(await this.#wallets[unit].receive(text)));
      return { unit, amount: sum(proofs) };
    });
  }

  issue(unit, amount, mintUrl) {
    return this.#inTurn(async () => {
      const { keep, send } = await this.#wallets[unit].send(amount, this.#proofs[unit]);
      this.#proofs[unit] = keep;
      return getEncodedToken({ mint: mintUrl, unit, proofs: send });
    });
  }

  #inTurn(work) {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

function sum(proofs) {
  return proofs.reduce((total, proof) => total + proof.amount.toNumber(), 0);
}
