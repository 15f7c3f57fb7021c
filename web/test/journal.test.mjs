import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as journal from '../site/js/wallet/journal.js';

const { JOURNAL_VERSION, JournalError, isFinal, isKnown, moved, newOp, withoutSecrets } = journal;

const KINDS = {
  topup: ['invoiced', 'minting', 'done', 'expired'],
  receive: ['swapping', 'done', 'refused'],
  withdraw: ['swapping', 'out', 'reclaiming', 'claimed', 'returned', 'refused'],
  prompt: ['sent', 'landed', 'swapping', 'returning', 'disputed', 'done'],
};

const ARROWS = {
  topup: ['invoiced>minting', 'invoiced>expired', 'minting>done'],
  receive: ['swapping>done', 'swapping>refused'],
  withdraw: [
    'swapping>out',
    'swapping>refused',
    'out>claimed',
    'out>reclaiming',
    'reclaiming>returned',
    'reclaiming>claimed',
  ],
  prompt: [
    'sent>landed',
    'sent>returning',
    'sent>disputed',
    'landed>swapping',
    'landed>done',
    'swapping>done',
    'returning>done',
    'returning>sent',
    'disputed>landed',
    'disputed>returning',
  ],
};

for (const [kind, states] of Object.entries(KINDS)) {
  test(`moved_everyPairOfStatesOf_${kind}_onlyTheArrowsAreAllowed`, () => {
    for (const from of states) {
      for (const to of states) {
        const op = newOp(kind, from, 1, 'id', { amountMsat: 5 });
        if (ARROWS[kind].includes(`${from}>${to}`)) {
          const next = moved(op, to, 2, { extra: true });
          assert.deepEqual(next, { ...op, state: to, updatedAt: 2, extra: true });
        } else {
          assert.throws(() => moved(op, to, 2), JournalError, `${from}>${to}`);
        }
      }
    }
  });

  test(`isFinal_statesOf_${kind}_areThoseWithoutAnArrowOut`, () => {
    for (const state of states) {
      const hasWayOut = ARROWS[kind].some((arrow) => arrow.startsWith(`${state}>`));
      assert.equal(isFinal(newOp(kind, state, 1, 'id', {})), !hasWayOut, state);
    }
  });
}

test('newOp_unknownKindOrState_throws', () => {
  assert.throws(() => newOp('melt', 'sent', 1, 'id', {}), JournalError);
  assert.throws(() => newOp('prompt', 'paid', 1, 'id', {}), JournalError);
});

test('isKnown_rowOfALaterVersion_isLeftAlone', () => {
  const op = newOp('prompt', 'sent', 1, 'id', {});
  assert.equal(isKnown(op), true);
  assert.equal(isKnown({ ...op, version: JOURNAL_VERSION + 1 }), false);
  assert.equal(isKnown({ ...op, state: 'teleported' }), false);
});

test('withoutSecrets_finishedOp_keepsOnlyWhatIsShown', () => {
  const secret = {
    exchanges: [1],
    token: 't',
    tokens: [1],
    change: {},
    inputs: [1],
    ready: [1],
    handedOut: [1],
  };
  const op = newOp('prompt', 'done', 1, 'id', { ...secret, model: 'm', costMsat: 3 });
  const bare = newOp('prompt', 'done', 1, 'id', { model: 'm', costMsat: 3 });
  assert.deepEqual(withoutSecrets(op), bare);
});
