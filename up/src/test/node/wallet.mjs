// A stranger's wallet against our mint: the published library, deterministic secrets, both units.
// Usage: node wallet.mjs MINT_URL UNIT. Prints one JSON line; throws when anything is off.
import assert from 'node:assert/strict';
import { Wallet, getDecodedToken, getEncodedToken } from '@cashu/cashu-ts';

const [mintUrl, unit] = process.argv.slice(2);
const seed = crypto.getRandomValues(new Uint8Array(64));
const sum = (proofs) => proofs.reduce((total, proof) => total + Number(proof.amount), 0);

async function newWallet(bip39seed) {
  const wallet = new Wallet(mintUrl, { unit, bip39seed });
  await wallet.loadMint();
  return wallet;
}

async function paid(wallet, quote) {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const now = await wallet.checkMintQuoteBolt11(quote.quote);
    if (now.state === 'PAID') {
      return now;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the invoice was not paid in 30 s');
}

// Mint.
const alice = await newWallet(seed);
const amount = unit === 'msat' ? 100_000 : 100;
const quote = await alice.createMintQuoteBolt11(amount);
assert.match(quote.request, /^lnbc/);
await paid(alice, quote);
const minted = await alice.mintProofsBolt11(amount, quote.quote, {}, { type: 'deterministic', counter: 0 });
assert.equal(sum(minted), amount);

// Send: split at the mint, as a cashuB token.
const deterministic = { type: 'deterministic', counter: 0 };
const { keep, send } = await alice.send(37, minted, { includeFees: true }, { send: deterministic, keep: deterministic });
assert.equal(sum(send), 37);
assert.equal(sum(keep), amount - 37);
const token = getEncodedToken({ mint: mintUrl, unit, proofs: send });
assert.match(token, /^cashuB/);

// Receive, by somebody else.
const bob = await newWallet(crypto.getRandomValues(new Uint8Array(64)));
const received = await bob.receive(token);
assert.equal(sum(received), 37);
await assert.rejects(bob.receive(token), /spent/i);
assert.equal(sum(getDecodedToken(token, await bobKeysets(bob)).proofs), 37);

// States: what was sent is spent, what was kept is not.
const states = await alice.checkProofsStates([...send, ...keep]);
assert.deepEqual(
  states.map((state) => state.state),
  [...send.map(() => 'SPENT'), ...keep.map(() => 'UNSPENT')],
);

// Restore from the seed alone.
const restoredWallet = await newWallet(seed);
const { proofs } = await restoredWallet.batchRestore(300, 100, 0);
const restoredStates = await restoredWallet.checkProofsStates(proofs);
const unspent = proofs.filter((_, index) => restoredStates[index].state === 'UNSPENT');
assert.equal(sum(unspent), amount - 37);

console.log(JSON.stringify({ minted: sum(minted), received: sum(received), restored: sum(unspent) }));

async function bobKeysets(wallet) {
  return wallet.keyChain.getAllKeysetIds();
}
