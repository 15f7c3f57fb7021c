// The life of every operation that moves money, as data. An operation ("op") is written to the
// journal before anything is sent anywhere, and only ever moves along the arrows below. Pure.
//
//   topup     invoiced -> minting -> done          invoiced -> expired (nobody paid)
//   receive   swapping -> done                     swapping -> refused (token was spent)
//   withdraw  swapping -> out -> claimed           out -> reclaiming -> returned | claimed
//             swapping -> refused
//   prompt    sent -> landed -> swapping -> done   landed -> done (no change due)
//             sent -> returning -> done            returning -> sent (the gateway was faster)
//             sent -> disputed -> landed | returning

/** Version of the row format; a row of a later version makes the purse read-only. */
export const JOURNAL_VERSION = 1;

const ARROWS = {
  topup: { invoiced: ['minting', 'expired'], minting: ['done'], done: [], expired: [] },
  receive: { swapping: ['done', 'refused'], done: [], refused: [] },
  withdraw: {
    swapping: ['out', 'refused'],
    out: ['claimed', 'reclaiming'],
    reclaiming: ['returned', 'claimed'],
    claimed: [],
    returned: [],
    refused: [],
  },
  prompt: {
    sent: ['landed', 'returning', 'disputed'],
    landed: ['swapping', 'done'],
    swapping: ['done'],
    returning: ['done', 'sent'],
    disputed: ['landed', 'returning'],
    done: [],
  },
};

/** Raised when code asks for a step that the journal does not allow; no row has been changed. */
export class JournalError extends Error {}

/** A new op in one of the first states of its kind. `at` is in milliseconds since 1970. */
export function newOp(kind, state, at, id, details) {
  if (ARROWS[kind]?.[state] === undefined) {
    throw new JournalError(`there is no op ${kind}/${state}`);
  }
  return { ...details, id, kind, state, version: JOURNAL_VERSION, createdAt: at, updatedAt: at };
}

/** The op one arrow further, with `changes` laid over it. */
export function moved(op, state, at, changes = {}) {
  if (!ARROWS[op.kind]?.[op.state]?.includes(state)) {
    throw new JournalError(`op ${op.id} cannot go from ${op.kind}/${op.state} to ${state}`);
  }
  return { ...op, ...changes, state, updatedAt: at };
}

/** Whether nothing is left to do for this op. */
export function isFinal(op) {
  return ARROWS[op.kind]?.[op.state]?.length === 0;
}

/** Whether this code can be trusted with the row: rows of later versions are left alone. */
export function isKnown(op) {
  return op.version <= JOURNAL_VERSION && ARROWS[op.kind]?.[op.state] !== undefined;
}

/** The op without what only mattered while it was open: coins, blinding factors, tokens. */
export function withoutSecrets(op) {
  const { exchanges, token, tokens, change, inputs, ready, handedOut, ...rest } = op;
  return rest;
}
