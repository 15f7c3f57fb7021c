// One conversation and its running answer. It belongs to the page, not to a view: switching to
// another chat or losing the connection does not lose the text or the money.

import { MAX_ANSWER_TOKENS } from './market.js';
import { newChat, titleOf } from './chats.js';
import { runPrompt } from './answer.js';

/** How often a growing answer is written to disk. */
const SAVE_EVERY_MILLIS = 1_000;

/** Most characters of earlier messages that are sent along; older ones are left out. */
const MAX_CONTEXT_CHARS = 24_000;

/**
 * Sends messages and keeps the chat. Events: `message` (one was added), `progress` (the last answer
 * changed), `settled` (an answer is over; detail is the outcome).
 */
export class Conversation extends EventTarget {
  #purse;
  #keeper;
  #chats;
  #market;
  #stop = null;
  #savedAt = 0;

  constructor({ purse, keeper, chats, market, chat }) {
    super();
    this.#purse = purse;
    this.#keeper = keeper;
    this.#chats = chats;
    this.#market = market;
    this.chat = chat ?? newChat(crypto.randomUUID(), Date.now());
  }

  /** Whether an answer is under way. */
  get isAnswering() {
    return this.#stop !== null;
  }

  /** The messages as the API wants them, with `text` as the next one. */
  messagesWith(text) {
    const earlier = this.chat.messages.filter((message) => message.text !== '');
    const messages = [];
    let length = text.length;
    for (const { role, text: content } of earlier.reverse()) {
      length += content.length;
      if (length > MAX_CONTEXT_CHARS) {
        break;
      }
      messages.unshift({ role, content });
    }
    return [...messages, { role: 'user', content: text }];
  }

  /** Stops the running answer; what was produced is paid, the rest comes back. */
  stop() {
    this.#stop?.abort();
  }

  /** Sends a message. Resolves when the answer is over; throws if nothing was sent. */
  async send(model, text) {
    const messages = this.messagesWith(text);
    const bounds = this.#market.boundsMsat(model, messages);
    const id = crypto.randomUUID();
    const ask = { id, model, messages, maxTokens: MAX_ANSWER_TOKENS, ...bounds };
    const answer = { role: 'assistant', text: '', model, opId: id, state: 'streaming' };
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const outcome = await runPrompt(
        this.#purse,
        this.#keeper,
        ask,
        this.#listener(text, answer),
        signal,
      );
      this.#settle(answer, outcome, signal.aborted);
    } finally {
      this.#stop = null;
    }
  }

  /** Fills in what earlier answers cost, for those whose money settled later. True if any did. */
  async catchUp() {
    let isChanged = false;
    for (const message of this.chat.messages) {
      if (message.opId === undefined || message.costMsat !== undefined || this.isAnswering) {
        continue;
      }
      const op = await this.#purse.op(message.opId);
      if (op?.state === 'done') {
        takeCost(message, op);
        message.state = message.state === 'streaming' ? 'stopped' : message.state;
        isChanged = true;
      }
    }
    if (isChanged) {
      await this.#chats.save(this.chat);
    }
    return isChanged;
  }

  #listener(text, answer) {
    let startedAt = 0;
    return {
      held: (op) => {
        answer.heldMsat = op.paidMsat;
        startedAt = performance.now();
        this.chat.title ||= titleOf(text);
        this.chat.messages.push({ role: 'user', text }, answer);
        this.#save(true);
        this.#tell('message');
      },
      text: (piece) => {
        answer.text += piece;
        this.#save(false);
        this.#tell('progress');
      },
      ended: () => {
        answer.seconds = (performance.now() - startedAt) / 1000;
        this.#save(true);
        this.#tell('progress');
      },
    };
  }

  #settle(answer, outcome, isStopped) {
    const hasFailed = outcome.refusal !== null || outcome.error !== null;
    answer.state = isStopped ? 'stopped' : hasFailed ? 'failed' : 'complete';
    answer.tokens = outcome.usage?.completion ?? 0;
    answer.finishReason = outcome.finishReason;
    if (outcome.op.state === 'done') {
      takeCost(answer, outcome.op);
    }
    this.#save(true);
    this.dispatchEvent(new CustomEvent('settled', { detail: outcome }));
  }

  #save(isUrgent) {
    if (isUrgent || Date.now() > this.#savedAt + SAVE_EVERY_MILLIS) {
      this.#savedAt = Date.now();
      this.chat.updatedAt = this.#savedAt;
      this.#chats.save(this.chat).catch(() => {}); // a chat that is not kept is no loss of money
    }
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}

function takeCost(message, op) {
  message.costMsat = op.costMsat;
  message.backMsat = op.backMsat;
  message.claimedMsat = op.claimedMsat;
}
