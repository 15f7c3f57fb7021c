// The sentences of the page about money and trouble. What happened to the money always comes first.

import { satsText } from '../wallet/amounts.js';
import { NotEnough, PurseReadOnly } from '../wallet/purse.js';
import { MintRefusal, MintUnreachable } from '../wallet/cashu.js';
import { TokenRefused } from '../wallet/receive.js';

const LONGEST_QUOTE = 300;

const BY_CODE = {
  no_nodes: 'No node is awake for this model. Try again in a moment or choose another.',
  model_not_found: 'The gateway no longer offers this model. Choose another.',
  insufficient_funds: 'The gateway asks for more than this prompt was expected to cost.',
  token_spent: 'The gateway says these coins were spent before.',
  float_empty: 'The gateway has no small coins for exact change just now. Try again soon.',
  mint_unavailable: 'The gateway cannot reach the mint. Try again in a moment.',
  payment_pending: 'The mint did not tell the gateway in time whether the coins arrived.',
  shutting_down: 'The gateway is restarting. Try again in a moment.',
  node_timeout: 'The node did not answer in time.',
  node_error: 'The node failed while answering.',
  connection_lost: 'The connection to the gateway broke.',
};

/** Why an answer did not come, for a prompt that was sent. Empty if all went well. */
export function answerTrouble({ op, refusal, error }) {
  const trouble = refusal ?? error;
  if (trouble === null || trouble.code === 'stopped') {
    return op.state === 'done' ? '' : moneyOf(op);
  }
  const quoted = trouble.message.slice(0, LONGEST_QUOTE);
  const reason = BY_CODE[trouble.code] ?? (quoted || 'The gateway did not say why it stopped.');
  return `${moneyOf(op)} ${reason}`;
}

/** Where the money of a prompt is. */
export function moneyOf(op) {
  if (op.state !== 'done') {
    return `${satsText(op.paidMsat)} on hold: the purse keeps asking until they are settled.`;
  }
  if (op.costMsat === 0) {
    return `Nothing was charged: all ${satsText(op.backMsat)} are back in your purse.`;
  }
  return `You paid ${satsText(op.costMsat)}; ${satsText(op.backMsat)} came back.`;
}

/** What to say when an action failed before or while it moved money. */
export function actionTrouble(error) {
  if (error instanceof NotEnough) {
    return (
      `Nothing was sent. This needs ${satsText(error.neededMsat)} ` +
      `and the purse can pay ${satsText(error.availableMsat)} now.`
    );
  }
  if (error instanceof TokenRefused) {
    return error.message;
  }
  if (error instanceof PurseReadOnly) {
    return `No money has moved. ${error.message}`;
  }
  if (error instanceof MintRefusal) {
    return `No money has moved: ${error.message.slice(0, LONGEST_QUOTE)}.`;
  }
  if (error instanceof MintUnreachable) {
    return 'No money has moved: the mint does not answer. Try again in a moment.';
  }
  return 'Your coins are safe in this browser, but this page made a mistake. Reload it.';
}

/** One line of history: `{title, detail}`. */
export function historyLine(row) {
  const lines = {
    'topup:done': ['Top up', 'by Lightning'],
    'receive:done': ['Received', 'a token'],
    'withdraw:out': ['Withdrawn', 'as a token'],
    'withdraw:returned': ['Taken back', 'a token nobody claimed'],
    'prompt:done': [row.model ?? 'Prompt', row.deltaMsat === 0 ? 'not charged' : heldAndBack(row)],
  };
  const [title, detail] = lines[`${row.kind}:${row.state}`] ?? [row.kind, row.state];
  return { title, detail };
}

function heldAndBack(row) {
  return `${satsText(row.paidMsat ?? 0)} held, ${satsText(row.backMsat ?? 0)} back`;
}

/** What an open operation waits for. */
export function pendingLine(op) {
  const lines = {
    'topup:invoiced': ['Invoice', 'waiting for the payment'],
    'topup:minting': ['Top up', 'paid, coins on their way'],
    'receive:swapping': ['Receiving', 'waiting for the mint'],
    'withdraw:swapping': ['Withdrawing', 'waiting for the mint'],
    'withdraw:out': ['Token', 'not claimed yet'],
    'withdraw:reclaiming': ['Taking back', 'waiting for the mint'],
    'prompt:sent': ['Prompt', 'waiting for the change'],
    'prompt:landed': ['Change', 'on its way into the purse'],
    'prompt:swapping': ['Change', 'on its way into the purse'],
    'prompt:returning': ['Prompt', 'coins on their way back'],
    'prompt:disputed': ['Prompt', 'spent, but the gateway has no record of it'],
  };
  const [title, detail] = lines[`${op.kind}:${op.state}`] ?? [op.kind, op.state];
  return { title, detail };
}

/** The amount an open operation is about, in millisats. */
export function amountOfOp(op) {
  return op.kind === 'prompt' ? op.paidMsat : op.amountMsat;
}
