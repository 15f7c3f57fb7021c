// A gateway in memory for working on the page: claims the token, streams a canned answer, gives the
// documented change event, stores the outcome. `knobs` makes it misbehave on purpose.
import { MintOperationError } from '../vendor-src/node_modules/@cashu/cashu-ts/lib/cashu-ts.es.js';
import { Refusal } from './stub-mint.mjs';

const MODELS = [
  ['qwen2.5:0.5b', 'Qwen 2.5 0.5B', '0.0000000050', '0.0000000100'],
  ['qwen3:8b', 'Qwen 3 8B', '0.0000000300', '0.0000000900'],
  ['llama3.1:70b', 'Llama 3.1 70B', '0.0000001800', '0.0000005000'],
];

const ANSWER = `Build a max-heap, then pull the largest value to the end, one at a time. It sorts in place in *O(n log n)*.

\`\`\`java
static void heapSort(int[] a) {
    for (int i = a.length / 2 - 1; i >= 0; i--) sift(a, i, a.length);
    for (int n = a.length - 1; n > 0; n--) { swap(a, 0, n); sift(a, 0, n); }
}
\`\`\`

Three things to know:

1. It needs **no extra memory**.
2. It is not *stable*.
3. \`sift\` moves one value down until the heap is in order again. <img src=x onerror=alert(1)>
`;

export class StubGateway {
  #bank;
  #outcomes = new Map();
  /** refuse: status · cutAfter: pieces · noChange · pieceMillis · costMsat · hangMillis */
  knobs = { pieceMillis: 12, costMsat: 37 };

  constructor(bank, mintUrl) {
    this.#bank = bank;
    this.mintUrl = mintUrl;
  }

  models() {
    const pricing = ([, , prompt, completion]) => ({ prompt, completion });
    const data = MODELS.map((model) => ({
      id: model[0],
      name: model[1],
      object: 'model',
      pricing: pricing(model),
      nodes_online: model[0].startsWith('llama') ? 0 : 1,
    }));
    return { object: 'list', data };
  }

  rate() {
    return { yesterday_fix: 65000, status: 'manual' };
  }

  /** `POST /v1/cashu/change`: `{status, body}`. */
  outcome(token) {
    const outcome = this.#outcomes.get(token);
    if (outcome === undefined) {
      return {
        status: 404,
        body: {
          error: { message: 'never seen', type: 'not_found', code: 'unknown_token', param: null },
        },
      };
    }
    return outcome.isRunning ? { status: 202, body: {} } : { status: 200, body: outcome };
  }

  async complete(token, body, response) {
    const { knobs } = this;
    if (knobs.hangMillis) {
      await pause(knobs.hangMillis);
    }
    if (knobs.refuse) {
      return refuse(response, knobs.refuse, knobs.refuseCode ?? 'no_nodes');
    }
    let paid;
    try {
      paid = await this.#bank.claim(token);
    } catch (error) {
      return refuse(
        response,
        402,
        error instanceof Refusal || error instanceof MintOperationError
          ? 'token_spent'
          : 'invalid_cashu_token',
      );
    }
    this.#outcomes.set(token, { isRunning: true });
    const isGone = await this.#stream(response, knobs);
    const outcome = await this.#settle(paid, Math.min(knobs.costMsat, worth(paid)));
    await pause(knobs.settleMillis ?? 0);
    this.#outcomes.set(token, outcome);
    if (isGone || knobs.cutAfter !== undefined || knobs.noChange) {
      response.destroy();
      return undefined;
    }
    const chunk = {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: body.model,
      choices: [],
    };
    send(response, { ...chunk, usage: { prompt_tokens: 12, completion_tokens: 142 } });
    response.write('data: [DONE]\n\n');
    send(response, { ...chunk, type: 'cashu_change', ...outcome });
    response.write('data: [DONE]\n\n');
    response.end();
    return undefined;
  }

  /** True if the buyer hung up. */
  async #stream(response, knobs) {
    let isGone = false;
    response.on('close', () => (isGone = true));
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    response.write(': hello\n\n');
    const pieces = ANSWER.match(/.{1,6}/gs);
    for (const [index, content] of pieces.entries()) {
      if (isGone || index === knobs.cutAfter) {
        break;
      }
      send(response, {
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content }, finish_reason: null }],
      });
      await pause(knobs.pieceMillis);
    }
    send(response, {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    });
    return isGone;
  }

  async #settle({ unit, amount }, costMsat) {
    const paidMsat = worth({ unit, amount });
    const changeMsat = paidMsat - costMsat;
    const sats = Math.floor(changeMsat / 1000);
    const fresh = (kind, value) => (value > 0 ? this.gift(kind, value) : '');
    const tokens =
      unit === 'sat'
        ? { token: await fresh('sat', sats), token_msat: await fresh('msat', changeMsat % 1000) }
        : { token: await fresh('msat', changeMsat) };
    return { ...tokens, change_sats: sats, change_msats: changeMsat, cost_msats: costMsat };
  }

  /** A token, as change or for a test to paste. */
  gift(unit, amount) {
    return this.#bank.issue(unit, amount, this.mintUrl);
  }
}

function refuse(response, status, code) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(
    JSON.stringify({ error: { message: `stub says ${code}`, type: code, code, param: null } }),
  );
}

function send(response, chunk) {
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

function worth({ unit, amount }) {
  return unit === 'sat' ? amount * 1000 : amount;
}
