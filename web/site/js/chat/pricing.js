// What a prompt may cost, in whole millisats, by the public formula of spec section 2:
// P = ceil(USD / rate), C = ceil(P * 100 / 99), at least the gateway's minimum. Exact decimals,
// no fractions. Pure.

/** Millisats in one bitcoin. */
const MSAT_PER_BTC = 100_000_000_000n;

/** The minimum for one job at a gateway that does not tell its own. */
export const MINIMUM_JOB_MSAT = 10;

/** What the rest of the request and a node's chat template add to the messages, at most. */
const MARGIN_TOKENS = 512;

/** A decimal number such as `0.0000000050` as `{digits, scale}`, or null if it is none. */
export function parseDecimal(text) {
  const match = /^(\d{1,18})(?:\.(\d{1,24}))?$/.exec(String(text).trim());
  if (match === null) {
    return null;
  }
  const fraction = match[2] ?? '';
  return { digits: BigInt(match[1] + fraction), scale: fraction.length };
}

/**
 * The price of a job in millisats. `price` has `prompt` and `completion` in USD per token, `rate`
 * is USD per BTC; both as decimal texts. Null if one of them is not known.
 */
export function jobPriceMsat(
  price,
  rate,
  promptTokens,
  completionTokens,
  minimumMsat = MINIMUM_JOB_MSAT,
) {
  const [prompt, completion, perBtc] = [price.prompt, price.completion, rate].map(parseDecimal);
  if (prompt === null || completion === null || perBtc === null || perBtc.digits === 0n) {
    return null;
  }
  const scale = Math.max(prompt.scale, completion.scale);
  const part = (usd, tokens) => usd.digits * 10n ** BigInt(scale - usd.scale) * BigInt(tokens);
  const usd = part(prompt, promptTokens) + part(completion, completionTokens);
  const numerator = usd * MSAT_PER_BTC * 10n ** BigInt(perBtc.scale);
  const net = ceilDivide(numerator, perBtc.digits * 10n ** BigInt(scale));
  const gross = Number(ceilDivide(net * 100n, 99n));
  return Math.max(gross, minimumMsat);
}

/**
 * More tokens than the gateway will bill for these messages: it counts one for each byte of the
 * request's JSON and some for the chat template (no tokenizer makes more than one of a byte).
 */
export function promptTokenBound(messages) {
  return new TextEncoder().encode(JSON.stringify(messages)).length + MARGIN_TOKENS;
}

/** About how many tokens these messages are, for showing a likely price. */
export function likelyPromptTokens(messages) {
  return messages.reduce((sum, message) => sum + Math.ceil(message.content.length / 4) + 8, 0);
}

function ceilDivide(numerator, denominator) {
  return (numerator + denominator - 1n) / denominator;
}
