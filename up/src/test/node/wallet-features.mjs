// A stranger's wallet uses everything our mint offers beyond plain coins: locked coins (NUT-10, 11,
// 14), locked quotes (20), batches (29), Lightning payments with change (05, 08), subscriptions (17).
// Usage: node wallet-features.mjs MINT_URL UNIT INVOICE. Prints one JSON line; throws when anything is off.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  P2PKBuilder,
  Wallet,
  getDecodedToken,
  getEncodedToken,
  injectWebSocketImpl,
} from '@cashu/cashu-ts';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import WebSocket from 'ws';

injectWebSocketImpl(WebSocket);

const [mintUrl, unit, invoice] = process.argv.slice(2);
const step = unit === 'msat' ? 1_000 : 1;
const steps = (sats) => sats * step;
const sum = (proofs) => proofs.reduce((total, proof) => total + Number(proof.amount), 0);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const done = {};

function newKey() {
  const secret = randomBytes(32);
  return { privkey: hex(secret), pubkey: hex(secp256k1.getPublicKey(secret, true)) };
}

async function newWallet() {
  const wallet = new Wallet(mintUrl, { unit });
  await wallet.loadMint();
  return wallet;
}

async function topUp(wallet, amount) {
  const quote = await wallet.createMintQuoteBolt11(amount);
  const paid = await wallet.on.onceMintPaid(quote.quote, { timeoutMs: 30_000 });
  assert.equal(paid.state, 'PAID');
  return wallet.mintProofsBolt11(amount, quote.quote);
}

const alice = await newWallet();
const bob = await newWallet();

// Top up, told by the mint's WebSocket.
let purse = await topUp(alice, steps(500));
assert.equal(sum(purse), steps(500));
done.subscribed = true;

// A token of version 3, as old wallets write it.
{
  const { keep, send } = await alice.send(steps(10), purse);
  purse = keep;
  const body = { token: [{ mint: mintUrl, proofs: send.map(plain) }], unit };
  const tokenA = 'cashuA' + Buffer.from(JSON.stringify(body)).toString('base64url');
  assert.equal(sum(await bob.receive(tokenA)), steps(10));
  done.tokenA = true;
}

// Locked to a key, each input signed.
{
  const owner = newKey();
  const { keep, send } = await alice.ops
    .send(steps(20), purse)
    .asP2PK({ pubkey: owner.pubkey })
    .run();
  purse = keep;
  const token = getEncodedToken({ mint: mintUrl, unit, proofs: send });
  await assert.rejects(bob.receive(token), /witness|signature/i);
  await assert.rejects(bob.ops.receive(token).privkey(newKey().privkey).run());
  assert.equal(sum(await bob.ops.receive(token).privkey(owner.privkey).run()), steps(20));
  done.p2pk = true;
}

// Two of three keys, signing everything at once, and a way back after a time that has passed.
{
  const keys = [newKey(), newKey(), newKey()];
  const lock = new P2PKBuilder()
    .addLockPubkey(keys.map((key) => key.pubkey))
    .requireLockSignatures(2)
    .sigAll()
    .toOptions();
  const { keep, send } = await alice.ops.send(steps(20), purse).asP2PK(lock).run();
  purse = keep;
  const token = getEncodedToken({ mint: mintUrl, unit, proofs: send });
  await assert.rejects(bob.ops.receive(token).privkey(keys[0].privkey).run());
  const two = [keys[0].privkey, keys[2].privkey];
  assert.equal(sum(await bob.ops.receive(token).privkey(two).run()), steps(20));
  done.sigAll = true;
}
{
  const owner = newKey();
  const sender = newKey();
  const lock = new P2PKBuilder()
    .addLockPubkey(owner.pubkey)
    .addRefundPubkey(sender.pubkey)
    .lockUntil(Math.floor(Date.now() / 1000) - 60)
    .toOptions();
  const { keep, send } = await alice.ops.send(steps(20), purse).asP2PK(lock).run();
  purse = keep;
  const back = await alice.ops
    .receive(getEncodedToken({ mint: mintUrl, unit, proofs: send }))
    .privkey(sender.privkey)
    .run();
  assert.equal(sum(back), steps(20));
  purse = [...purse, ...back];
  done.refund = true;
}

// Locked to a hash and a key.
{
  const owner = newKey();
  const preimage = randomBytes(32);
  const lock = new P2PKBuilder()
    .addLockPubkey(owner.pubkey)
    .addHashlock(createHash('sha256').update(preimage).digest('hex'))
    .toOptions();
  const { keep, send } = await alice.ops.send(steps(20), purse).asP2PK(lock).run();
  purse = keep;
  const without = getEncodedToken({ mint: mintUrl, unit, proofs: send });
  await assert.rejects(bob.ops.receive(without).privkey(owner.privkey).run());
  const opened = send.map((proof) => ({
    ...proof,
    witness: { preimage: hex(preimage), signatures: [] },
  }));
  assert.equal(sum(await bob.ops.receive(opened).privkey(owner.privkey).run()), steps(20));
  done.htlc = true;
}

// A quote that only its owner can mint.
{
  const owner = newKey();
  const quote = await alice.createLockedMintQuote(steps(30), owner.pubkey);
  await alice.on.onceMintPaid(quote.quote, { timeoutMs: 30_000 });
  const thief = { privkey: newKey().privkey };
  await assert.rejects(alice.mintProofsBolt11(steps(30), quote, thief));
  const proofs = await alice.mintProofsBolt11(steps(30), quote, { privkey: owner.privkey });
  assert.equal(sum(proofs), steps(30));
  purse = [...purse, ...proofs];
  done.lockedQuote = true;
}

// Two quotes at once.
{
  const first = await alice.createMintQuoteBolt11(steps(8));
  const second = await alice.createMintQuoteBolt11(steps(16));
  for (const quote of [first, second]) {
    await alice.on.onceMintPaid(quote.quote, { timeoutMs: 30_000 });
  }
  const checked = await alice.checkMintQuoteBatchBolt11([first, second]);
  assert.deepEqual(checked.map((quote) => quote.state), ['PAID', 'PAID']);
  const preview = await alice.prepareBatchMint('bolt11', [
    { amount: steps(8), quote: first },
    { amount: steps(16), quote: second },
  ]);
  const proofs = await alice.completeBatchMint(preview);
  assert.equal(sum(proofs), steps(24));
  purse = [...purse, ...proofs];
  done.batch = true;
}

// Pay an invoice, get the change of the fee reserve, hear of the states of the coins.
{
  const quote = await alice.createMeltQuoteBolt11(invoice);
  const price = Number(quote.amount) + Number(quote.fee_reserve);
  const { keep, send } = await alice.send(price, purse, { includeFees: true });
  const spent = new Set();
  let cancel = () => {};
  const allSpent = new Promise((resolve, reject) => {
    alice.on
      .proofStateUpdates(
        send,
        (update) => {
          if (update.state === 'SPENT') {
            spent.add(update.Y);
          }
          if (spent.size === send.length) {
            resolve();
          }
        },
        reject,
      )
      .then((canceller) => {
        cancel = canceller;
      }, reject);
  });
  const melted = await alice.meltProofsBolt11(quote, send);
  assert.equal(melted.quote.state, 'PAID');
  assert.match(melted.quote.payment_preimage, /^[0-9a-f]{64}$/);
  assert.ok(sum(melted.change) > 0, 'the unused fee reserve comes back');
  await allSpent;
  cancel();
  const again = await alice.checkMeltQuoteBolt11(quote.quote);
  assert.equal(again.state, 'PAID');
  done.melted = Number(quote.amount);
  done.lost = sum(send) - Number(quote.amount) - sum(melted.change);
  purse = [...keep, ...melted.change];
}

// What is left is real: one more token, of version 4.
{
  const token = getEncodedToken({ mint: mintUrl, unit, proofs: purse });
  assert.match(token, /^cashuB/);
  const read = getDecodedToken(token, await bob.keyChain.getAllKeysetIds());
  assert.equal(sum(read.proofs), sum(purse));
  assert.equal(sum(await bob.receive(token)), sum(purse));
  done.left = sum(purse) / step;
}

console.log(JSON.stringify(done));
process.exit(0); // the library keeps its socket open

function plain({ id, amount, secret, C, witness }) {
  return { id, amount: Number(amount), secret, C, ...(witness ? { witness } : {}) };
}
