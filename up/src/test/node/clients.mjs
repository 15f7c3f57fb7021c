// Real clients against the gateway, paid with ecash, each ending with its change in a real wallet.
// Usage: node clients.mjs GATEWAY_URL MINT_URL. Prints one JSON line per case:
// {client, feature, paid, cost, change}; throws when anything is off.
import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Wallet, getEncodedToken } from '@cashu/cashu-ts';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { embedMany, generateText, jsonSchema, streamText, tool } from 'ai';
import { Ollama } from 'ollama/browser';
import OpenAI from 'openai';

const [gatewayUrl, mintUrl] = process.argv.slice(2);
const MODEL = 'qwen2.5:0.5b';
const NO_NODE = 'llama3.1:70b';
const PAID = 20_000;
const ANSWER = 'Hello, owl! 🦉';
const JSON_ANSWER = { city: 'Bern', degrees: 7 };
const sum = (proofs) => proofs.reduce((total, proof) => total + Number(proof.amount), 0);
const user = (content) => [{ role: 'user', content }];
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const wallet = new Wallet(mintUrl, { unit: 'msat' });
await wallet.loadMint();

async function mint(amount) {
  const quote = await wallet.createMintQuoteBolt11(amount);
  const deadline = performance.now() + 30_000;
  while ((await wallet.checkMintQuoteBolt11(quote.quote)).state !== 'PAID') {
    assert.ok(performance.now() < deadline, 'the invoice was not paid in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return wallet.mintProofsBolt11(amount, quote.quote);
}

/// A fetch that counts, and may lose the first answers after they were made.
function countingFetch(lose = 0) {
  const counted = async (url, init) => {
    counted.calls += 1;
    const response = await fetch(url, init);
    if (counted.calls <= lose) {
      await response.text();
      throw new TypeError('the answer was lost');
    }
    return response;
  };
  counted.calls = 0;
  return counted;
}

/// The stored outcome of a token's payment, for clients that show neither headers nor chunks.
async function outcome(token) {
  const response = await fetch(`${gatewayUrl}/v1/cashu/change`, {
    method: 'POST',
    headers: { 'X-Cashu': token },
  });
  assert.equal(response.status, 200);
  return response.json();
}

async function run(client, feature, action) {
  const proofs = await mint(PAID);
  const token = getEncodedToken({ mint: mintUrl, unit: 'msat', proofs });
  const change = await action(token);
  if (change === 'untouched') {
    const states = await wallet.checkProofsStates(proofs);
    assert.ok(states.every((state) => state.state === 'UNSPENT'), `${client} ${feature}`);
    return print(client, feature, 0, PAID);
  }
  const received = sum(await wallet.receive(change.token));
  assert.equal(received, change.change_msats);
  assert.equal(received + change.cost_msats, PAID, `${client} ${feature}`);
  assert.deepEqual((await outcome(token)).token, change.token);
  return print(client, feature, change.cost_msats, received);
}

function print(client, feature, cost, change) {
  console.log(JSON.stringify({ client, feature, paid: PAID, cost, change }));
}

// --- openai ---------------------------------------------------------------------------------------

function openai(token, fetch = globalThis.fetch) {
  return new OpenAI({
    baseURL: `${gatewayUrl}/v1`,
    apiKey: 'anything',
    defaultHeaders: { 'X-Cashu': token },
    fetch,
  });
}

async function ofChunks(stream, take) {
  let change;
  for await (const chunk of stream) {
    if (chunk.type === 'cashu_change') {
      change = chunk;
    }
    take(chunk);
  }
  assert.ok(change, 'the stream has no change');
  return change;
}

await run('openai', 'chat', async (token) => {
  const { data, response } = await openai(token)
    .chat.completions.create({ model: MODEL, messages: user('Hi') })
    .withResponse();
  assert.equal(data.choices[0].message.content, ANSWER);
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.ok(response.headers.get('x-request-id'));
  return data.cashu_change;
});
await run('openai', 'stream', async (token) => {
  const stream = await openai(token).chat.completions.create({
    model: MODEL,
    messages: user('Hi'),
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage;
  const change = await ofChunks(stream, (chunk) => {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  });
  assert.equal(text, ANSWER);
  assert.equal(usage.completion_tokens, 4);
  return change;
});
await run('openai', 'stream helper', async (token) => {
  const runner = openai(token).chat.completions.stream({ model: MODEL, messages: user('Hi') });
  let change;
  runner.on('chunk', (chunk) => {
    change = chunk.type === 'cashu_change' ? chunk : change;
  });
  assert.equal((await runner.finalMessage()).content, ANSWER);
  return change;
});
await run('openai', 'tools', async (token) => {
  const data = await openai(token).chat.completions.create({
    model: MODEL,
    messages: user('Weather in Bern?'),
    tools: [weather],
  });
  const [call] = data.choices[0].message.tool_calls;
  assert.equal(data.choices[0].finish_reason, 'tool_calls');
  assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Bern' });
  return data.cashu_change;
});
await run('openai', 'tools streamed', async (token) => {
  const runner = openai(token).chat.completions.stream({
    model: MODEL,
    messages: user('Weather in Bern?'),
    tools: [weather],
  });
  let change;
  runner.on('chunk', (chunk) => {
    change = chunk.type === 'cashu_change' ? chunk : change;
  });
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0].message.tool_calls[0].function.arguments, '{"city":"Bern"}');
  return change;
});
await run('openai', 'JSON mode', async (token) => {
  const data = await openai(token).chat.completions.create({
    model: MODEL,
    messages: user('As JSON'),
    response_format: { type: 'json_object' },
  });
  assert.deepEqual(JSON.parse(data.choices[0].message.content), JSON_ANSWER);
  return data.cashu_change;
});
await run('openai', 'completion', async (token) => {
  const data = await openai(token).completions.create({ model: MODEL, prompt: 'Say' });
  assert.equal(data.choices[0].text, 'Hello, owl!');
  return data.cashu_change;
});
await run('openai', 'embeddings', async (token) => {
  const data = await openai(token).embeddings.create({ model: MODEL, input: ['a', 'b'] });
  assert.equal(data.data.length, 2);
  assert.equal(data.data[1].embedding[1], 0.5);
  assert.equal(data.data[1].embedding[0], -0.25);
  return data.cashu_change;
});
await run('openai', 'error: no such model', async (token) => {
  await assert.rejects(
    openai(token).chat.completions.create({ model: 'none', messages: user('Hi') }),
    (e) => e instanceof OpenAI.NotFoundError && e.code === 'model_not_found' && !!e.requestID,
  );
  return 'untouched';
});
await run('openai', 'error: the node fails', async (token) => {
  const counted = countingFetch();
  let change;
  await assert.rejects(
    openai(token, counted).chat.completions.create({ model: MODEL, messages: user('fail') }),
    (e) => {
      change = e.headers.get('x-cashu-change');
      return e.status === 502 && e.code === 'node_error';
    },
  );
  assert.equal(counted.calls, 1);
  const stored = await outcome(token);
  assert.equal(stored.state, 'refunded');
  assert.equal(stored.token, change);
  return stored;
});
await run('openai', 'retry: no node', async (token) => {
  const counted = countingFetch();
  await assert.rejects(
    openai(token, counted).chat.completions.create({ model: NO_NODE, messages: user('Hi') }),
    (e) => e.status === 503 && e.code === 'no_nodes',
  );
  assert.equal(counted.calls, 3);
  return 'untouched';
});
await run('openai', 'retry: answer lost', async (token) => {
  const counted = countingFetch(1);
  let change;
  await assert.rejects(
    openai(token, counted).chat.completions.create({ model: MODEL, messages: user('Hi') }),
    (e) => {
      change = e.headers.get('x-cashu-change');
      return e.status === 402 && e.code === 'token_spent';
    },
  );
  assert.equal(counted.calls, 2);
  const stored = await outcome(token);
  assert.equal(stored.token, change);
  return stored;
});
{
  const models = await new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: 'x' }).models.list();
  assert.ok(models.data.some((model) => model.id === MODEL));
  const one = await new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: 'x' }).models.retrieve(MODEL);
  assert.equal(one.id, MODEL);
}

// --- Vercel AI SDK --------------------------------------------------------------------------------

function vercel(token, fetch = globalThis.fetch) {
  return createOpenAICompatible({
    name: 'owlrun',
    baseURL: `${gatewayUrl}/v1`,
    headers: { 'X-Cashu': token },
    includeUsage: true,
    fetch,
  });
}

const vercelTools = {
  weather: tool({
    description: 'The weather of a city',
    inputSchema: jsonSchema(weather.function.parameters),
  }),
};

/// This client shows headers, not bodies.
async function ofHeader(response, token) {
  const stored = await outcome(token);
  assert.equal(response.headers['x-cashu-change'], stored.token);
  return stored;
}

async function vercelStream(token, options) {
  const failures = [];
  const result = streamText({
    model: vercel(token)(MODEL),
    includeRawChunks: true,
    onError: ({ error }) => failures.push(error),
    ...options,
  });
  let change;
  for await (const part of result.fullStream) {
    if (part.type === 'raw' && part.rawValue?.type === 'cashu_change') {
      change = part.rawValue;
    }
  }
  assert.deepEqual(failures, []);
  return { result, change };
}

await run('ai', 'chat', async (token) => {
  const result = await generateText({ model: vercel(token)(MODEL), prompt: 'Hi' });
  assert.equal(result.text, ANSWER);
  return ofHeader(result.response, token);
});
await run('ai', 'stream', async (token) => {
  const { result, change } = await vercelStream(token, { prompt: 'Hi' });
  assert.equal(await result.text, ANSWER);
  assert.equal((await result.usage).outputTokens, 4);
  return change;
});
await run('ai', 'tools', async (token) => {
  const result = await generateText({
    model: vercel(token)(MODEL),
    prompt: 'Weather in Bern?',
    tools: vercelTools,
  });
  assert.deepEqual(result.toolCalls[0].input, { city: 'Bern' });
  return ofHeader(result.response, token);
});
await run('ai', 'tools streamed', async (token) => {
  const { result, change } = await vercelStream(token, {
    prompt: 'Weather in Bern?',
    tools: vercelTools,
  });
  assert.deepEqual((await result.toolCalls)[0].input, { city: 'Bern' });
  return change;
});
await run('ai', 'JSON mode', async (token) => {
  const result = await generateText({
    model: vercel(token)(MODEL),
    prompt: 'As JSON',
    providerOptions: { owlrun: { response_format: { type: 'json_object' } } },
  });
  assert.deepEqual(JSON.parse(result.text), JSON_ANSWER);
  return ofHeader(result.response, token);
});
await run('ai', 'embeddings', async (token) => {
  const result = await embedMany({
    model: vercel(token).embeddingModel(MODEL),
    values: ['a', 'b'],
  });
  assert.equal(result.embeddings[1][1], 0.5);
  return outcome(token);
});
await run('ai', 'error: no such model', async (token) => {
  await assert.rejects(
    generateText({ model: vercel(token)('none'), prompt: 'Hi' }),
    (e) => e.statusCode === 404 && e.data.error.code === 'model_not_found',
  );
  return 'untouched';
});
await run('ai', 'error: the node fails', async (token) => {
  await assert.rejects(
    generateText({ model: vercel(token)(MODEL), prompt: 'fail', maxRetries: 0 }),
    (e) => e.statusCode === 502,
  );
  return outcome(token);
});
await run('ai', 'retry: answer lost', async (token) => {
  const counted = countingFetch(1);
  await assert.rejects(
    generateText({ model: vercel(token, counted)(MODEL), prompt: 'Hi', maxRetries: 1 }),
  );
  return outcome(token);
});

// --- LangChain ------------------------------------------------------------------------------------

function langchain(token, options = {}, fetch = globalThis.fetch) {
  return new ChatOpenAI({
    model: MODEL,
    apiKey: 'anything',
    maxRetries: 1,
    __includeRawResponse: true,
    configuration: { baseURL: `${gatewayUrl}/v1`, defaultHeaders: { 'X-Cashu': token }, fetch },
    ...options,
  });
}

const rawChange = (message) => message.additional_kwargs.__raw_response.cashu_change;

await run('langchain', 'chat', async (token) => {
  const message = await langchain(token).invoke('Hi');
  assert.equal(message.content, ANSWER);
  return rawChange(message);
});
await run('langchain', 'stream', async (token) => {
  let text = '';
  for await (const chunk of await langchain(token).stream('Hi')) {
    text += chunk.content;
  }
  assert.equal(text, ANSWER);
  return outcome(token);
});
await run('langchain', 'tools', async (token) => {
  const message = await langchain(token).bindTools([weather]).invoke('Weather in Bern?');
  assert.deepEqual(message.tool_calls[0].args, { city: 'Bern' });
  return rawChange(message);
});
await run('langchain', 'JSON mode', async (token) => {
  const answer = await langchain(token)
    .withStructuredOutput(
      {
        title: 'answer',
        type: 'object',
        properties: { city: { type: 'string' }, degrees: { type: 'number' } },
        required: ['city', 'degrees'],
      },
      { method: 'jsonMode' },
    )
    .invoke('As JSON');
  assert.deepEqual(answer, JSON_ANSWER);
  return outcome(token);
});
await run('langchain', 'embeddings', async (token) => {
  const embeddings = new OpenAIEmbeddings({
    model: MODEL,
    apiKey: 'anything',
    configuration: { baseURL: `${gatewayUrl}/v1`, defaultHeaders: { 'X-Cashu': token } },
  });
  const vectors = await embeddings.embedDocuments(['a', 'b']);
  assert.equal(vectors[1][1], 0.5);
  return outcome(token);
});
await run('langchain', 'error: no such model', async (token) => {
  await assert.rejects(langchain(token, { model: 'none' }).invoke('Hi'), (e) => e.status === 404);
  return 'untouched';
});
await run('langchain', 'retry: answer lost', async (token) => {
  const counted = countingFetch(1);
  await assert.rejects(langchain(token, {}, counted).invoke('Hi'));
  assert.ok(counted.calls >= 2);
  return outcome(token);
});

// --- ollama ---------------------------------------------------------------------------------------

function ollama(token, fetch = globalThis.fetch) {
  return new Ollama({ host: gatewayUrl, headers: { 'X-Cashu': token }, fetch });
}

const ofLines = ofChunks;

await run('ollama', 'chat', async (token) => {
  const answer = await ollama(token).chat({ model: MODEL, messages: user('Hi') });
  assert.equal(answer.message.content, ANSWER);
  assert.equal(answer.eval_count, 4);
  return answer.cashu_change;
});
await run('ollama', 'stream', async (token) => {
  let text = '';
  let done;
  const stream = await ollama(token).chat({ model: MODEL, messages: user('Hi'), stream: true });
  const change = await ofLines(stream, (line) => {
    text += line.message.content;
    done = line;
  });
  assert.equal(text, ANSWER);
  assert.equal(done.done_reason, 'stop');
  return change;
});
await run('ollama', 'generate', async (token) => {
  let text = '';
  const stream = await ollama(token).generate({ model: MODEL, prompt: 'Hi', stream: true });
  const change = await ofLines(stream, (line) => {
    text += line.response;
  });
  assert.equal(text, ANSWER);
  return change;
});
await run('ollama', 'tools', async (token) => {
  const answer = await ollama(token).chat({
    model: MODEL,
    messages: user('Weather in Bern?'),
    tools: [weather],
  });
  assert.deepEqual(answer.message.tool_calls[0].function.arguments, { city: 'Bern' });
  return answer.cashu_change;
});
await run('ollama', 'tools streamed', async (token) => {
  let calls = [];
  const stream = await ollama(token).chat({
    model: MODEL,
    messages: user('Weather in Bern?'),
    tools: [weather],
    stream: true,
  });
  const change = await ofLines(stream, (line) => {
    calls = calls.concat(line.message.tool_calls ?? []);
  });
  assert.deepEqual(calls[0].function.arguments, { city: 'Bern' });
  return change;
});
await run('ollama', 'JSON mode', async (token) => {
  const answer = await ollama(token).chat({
    model: MODEL,
    messages: user('As JSON'),
    format: 'json',
  });
  assert.deepEqual(JSON.parse(answer.message.content), JSON_ANSWER);
  return answer.cashu_change;
});
await run('ollama', 'embeddings', async (token) => {
  const answer = await ollama(token).embed({ model: MODEL, input: ['a', 'b'] });
  assert.equal(answer.embeddings[1][1], 0.5);
  return answer.cashu_change;
});
await run('ollama', 'error: no such model', async (token) => {
  await assert.rejects(
    ollama(token).chat({ model: 'none', messages: user('Hi') }),
    (e) => e.name === 'ResponseError' && e.status_code === 404 && /not offered/.test(e.message),
  );
  return 'untouched';
});
await run('ollama', 'error: the node fails', async (token) => {
  await assert.rejects(
    ollama(token).chat({ model: MODEL, messages: user('fail') }),
    (e) => e.status_code === 502 && /returned/.test(e.message),
  );
  return outcome(token);
});
{
  const client = new Ollama({ host: gatewayUrl });
  assert.ok((await client.list()).models.some((model) => model.name === MODEL));
  assert.ok((await client.ps()).models.length > 0);
  assert.ok((await client.show({ model: MODEL })).capabilities.includes('completion'));
}
