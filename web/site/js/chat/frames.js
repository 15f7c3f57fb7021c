// What one event of an answer stream means. The gateway sends OpenAI chunks, the change chunk of
// spec section 3 and "[DONE]" twice; anything else is ignored, never trusted. Pure.

/**
 * Reads the data of one event. Returns one of
 * `{kind: 'done'}`, `{kind: 'change', change}`, `{kind: 'error', error}`, `{kind: 'ignored'}` or
 * `{kind: 'delta', text, finishReason, usage}` (each of the three may be absent or empty).
 */
export function readFrame(data) {
  if (data.trim() === '[DONE]') {
    return { kind: 'done' };
  }
  const chunk = parseObject(data);
  if (chunk === null) {
    return { kind: 'ignored' };
  }
  if (chunk.type === 'cashu_change') {
    const change = readChange(chunk);
    return change === null ? { kind: 'ignored' } : { kind: 'change', change };
  }
  if (chunk.error !== undefined && chunk.error !== null) {
    return { kind: 'error', error: readError(chunk) };
  }
  return readDelta(chunk);
}

/**
 * The change a gateway reports, from the stream event, the recovery endpoint or a header pair:
 * `{tokens, changeMsat, costMsat}` tokens in the order sat, msat. Null if it is no such report.
 */
export function readChange(report) {
  const tokens = [report.token, report.token_msat].filter(
    (token) => typeof token === 'string' && token !== '',
  );
  const changeMsat = wholeOr(report.change_msats, wholeOr(report.change_sats, null, 1000));
  const costMsat = wholeOr(report.cost_msats, null);
  if (tokens.length === 0 && changeMsat === null) {
    return null;
  }
  if (tokens.length === 0 && changeMsat > 0) {
    return null; // money is promised but not here: the journal keeps asking for it
  }
  return { tokens, changeMsat, costMsat };
}

/** The documented error body `{"error": {message, type, code, param}}`, with gaps filled. */
export function readError(body) {
  const error = typeof body?.error === 'object' && body.error !== null ? body.error : {};
  const text = (value) => (typeof value === 'string' ? value : '');
  return { message: text(error.message), code: text(error.code) || text(error.type) };
}

function readDelta(chunk) {
  const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  const text = choice?.delta?.content;
  const usage = chunk.usage;
  return {
    kind: 'delta',
    text: typeof text === 'string' ? text : '',
    finishReason: typeof choice?.finish_reason === 'string' ? choice.finish_reason : '',
    usage: Number.isSafeInteger(usage?.completion_tokens)
      ? { prompt: wholeOr(usage.prompt_tokens, 0), completion: usage.completion_tokens }
      : null,
  };
}

function wholeOr(value, otherwise, factor = 1) {
  return Number.isSafeInteger(value) && value >= 0 ? value * factor : otherwise;
}

function parseObject(data) {
  try {
    const value = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
