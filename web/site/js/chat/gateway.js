// The buyer API of the gateway (spec section 3) as seen from the page.

import { readChange, readError } from './frames.js';

/** How long we wait for one short answer. */
const TIMEOUT_MILLIS = 15_000;

/** The gateway gave no usable answer; nothing is known about what it did. */
export class GatewayUnreachable extends Error {}

/** One gateway, by its address; '' is the origin of the page. */
export class Gateway {
  #base;

  constructor(base) {
    this.#base = base.replace(/\/+$/, '');
  }

  /** The models on offer: `[{id, isAwake, price: {prompt, completion}}]`, in USD per token. */
  async models() {
    const body = await this.#json('/v1/models');
    const list = Array.isArray(body.data) ? body.data : [];
    return list
      .filter((model) => typeof model?.id === 'string')
      .map((model) => ({
        id: model.id,
        isAwake: model.nodes_online !== 0,
        price: {
          prompt: String(model.pricing?.prompt ?? ''),
          completion: String(model.pricing?.completion ?? ''),
        },
      }));
  }

  /** The oracle's answer as it is; see pricing.js for what we read from it. */
  rate() {
    return this.#json('/v1/oracle/rate');
  }

  /** Sends a prompt with its payment. Resolves with the raw response, of any status. */
  async complete({ token, requestId, body, signal }) {
    const response = await fetch(`${this.#base}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'text/event-stream, application/json',
        'X-Cashu': token,
        'Idempotency-Key': requestId,
      },
      body: JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    return response;
  }

  /**
   * What became of a payment: `{kind: 'change', change}`, `{kind: 'running'}`, `{kind: 'unknown'}`
   * (never seen) or `{kind: 'unreachable'}`.
   */
  async outcomeOf(token) {
    let response;
    let body;
    try {
      response = await fetch(`${this.#base}/v1/cashu/change`, {
        method: 'POST',
        headers: { 'X-Cashu': token },
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      });
      body = await response.json();
    } catch {
      body = null;
    }
    if (response?.status === 202) {
      return { kind: 'running' };
    }
    if (response?.status === 404 && body !== null) {
      return { kind: 'unknown' };
    }
    const change = response?.status === 200 && body !== null ? readChange(body) : null;
    return change === null ? { kind: 'unreachable' } : { kind: 'change', change };
  }

  async #json(path) {
    try {
      const response = await fetch(this.#base + path, {
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.timeout(TIMEOUT_MILLIS),
      });
      if (response.ok) {
        return await response.json();
      }
    } catch {
      // Told below: for the reader of a page, no network and no sense are the same.
    }
    throw new GatewayUnreachable('the gateway does not answer');
  }
}

/**
 * What a refusal (any answer that is no stream) says: `{status, code, message, refund}`, where
 * refund is the change that came with it, or null.
 */
export async function readRefusal(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A refusal without a readable body is still a refusal.
  }
  const header = (name) => {
    const value = response.headers.get(name) ?? '';
    return value.startsWith('cashu') ? value : undefined;
  };
  const inHeaders = { token: header('X-Cashu-Change'), token_msat: header('X-Cashu-Change-Msat') };
  const hasHeaders = inHeaders.token !== undefined || inHeaders.token_msat !== undefined;
  const refund = readChange(hasHeaders ? inHeaders : (body?.cashu_change ?? {}));
  return { status: response.status, ...readError(body), refund };
}
