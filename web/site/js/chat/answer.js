// One paid answer from start to finish: hold coins, send, read the stream past every "[DONE]" up to
// the change, settle. What the page shows along the way goes to a listener.

import { withOp } from '../wallet/locks.js';
import { changeArrived, startPrompt, takeBack } from '../wallet/prompt.js';
import { readRefusal } from './gateway.js';
import { readFrame } from './frames.js';
import { SseParser } from './sse.js';

/** Longest answer we keep, in characters. */
const MAX_ANSWER_CHARS = 2_000_000;

/** No byte for this long, comments included, and the stream counts as lost. */
const SILENCE_MILLIS = 60_000;

/** After the change has arrived, the connection gets this long to end by itself. */
const LINGER_MILLIS = 1_500;

/** How long the page waits for the money to settle before the keeper takes over. */
const SETTLE_MILLIS = 20_000;

/**
 * Runs one prompt. `ask` is `{id, model, messages, maxTokens, holdMsat, leastMsat}`; `listener` has
 * `held(op)`, `text(piece)` and `ended()`; `signal` is the stop button. Returns
 * `{op, usage, finishReason, refusal, error}`: the op as it stands at the end, and at most one of
 * refusal (the gateway said no) and error (it failed half way). Throws `NotEnough` and
 * `PurseReadOnly` before anything has moved.
 */
export async function runPrompt(purse, keeper, ask, listener, signal) {
  purse.checkWritable();
  return withOp(ask.id, async () => {
    let op = await startPrompt(purse, ask);
    listener.held(op);
    const told = { usage: null, finishReason: '', refusal: null, error: null };
    try {
      op = await converse(purse, op, ask, listener, signal, told);
    } catch {
      told.error ??= { message: '', code: signal.aborted ? 'stopped' : 'connection_lost' };
    }
    listener.ended();
    const settled = await keeper.driveHeld((await purse.op(op.id)) ?? op, SETTLE_MILLIS);
    return { op: settled, ...told };
  });
}

async function converse(purse, op, ask, listener, signal, told) {
  const quiet = new AbortController();
  const response = await purse.gateway.complete({
    token: op.token,
    requestId: op.id,
    body: {
      model: ask.model,
      messages: ask.messages,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: ask.maxTokens,
    },
    signal: AbortSignal.any([signal, quiet.signal]),
  });
  const type = response.headers.get('Content-Type') ?? '';
  if (!response.ok || !type.startsWith('text/event-stream')) {
    told.refusal = await readRefusal(response);
    return afterRefusal(purse, op, told.refusal);
  }
  return readStream(purse, op, response.body, listener, quiet, told);
}

/** Takes the refund, or, if the gateway says it took nothing, the coins themselves. */
function afterRefusal(purse, op, refusal) {
  if (refusal.refund !== null) {
    return changeArrived(purse, op, refusal.refund);
  }
  return refusal.status < 400 ? op : takeBack(purse, op);
}

async function readStream(purse, op, body, listener, quiet, told) {
  const parser = new SseParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let current = op;
  let length = 0;
  let timer = setTimeout(() => quiet.abort(), SILENCE_MILLIS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      for (const { data } of done ? parser.end() : parser.feed(value)) {
        const frame = readFrame(data);
        if (frame.kind === 'change' && current.state === 'sent') {
          current = await changeArrived(purse, current, frame.change);
        } else if (frame.kind === 'delta' && length < MAX_ANSWER_CHARS) {
          length += frame.text.length;
          tell(frame, listener, told);
        } else if (frame.kind === 'error') {
          told.error = frame.error;
        }
      }
      if (done) {
        const isWhole = current.state === 'landed' || told.finishReason !== '';
        told.error ??= isWhole ? null : { message: '', code: 'connection_lost' };
        return current;
      }
      clearTimeout(timer);
      const isPaidBack = current.state === 'landed';
      timer = setTimeout(() => quiet.abort(), isPaidBack ? LINGER_MILLIS : SILENCE_MILLIS);
    }
  } catch (error) {
    if (current.state === 'landed') {
      return current; // everything we need is here; the end of the connection is not
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tell(frame, listener, told) {
  if (frame.text !== '') {
    listener.text(frame.text);
  }
  told.usage = frame.usage ?? told.usage;
  told.finishReason = frame.finishReason || told.finishReason;
}
