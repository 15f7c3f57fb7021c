// Serves web/site with a stub mint and a stub gateway, under the security policy of the real one:
//
//     (cd web/vendor-src && npm ci --ignore-scripts) && node web/dev/server.mjs [port]
//
// The mint listens on port + 1, or is the one that MINT names. `POST /dev/knobs` with JSON changes how the gateway behaves,
// `POST /dev/gift` with {"unit", "amount"} gives a token. For development only: it signs anything.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StubBank, WalletBank } from './banks.mjs';
import { Refusal, StubMint } from './stub-mint.mjs';
import { StubGateway } from './stub-gateway.mjs';

const SITE = fileURLToPath(new URL('../site/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/**
 * Starts the page with its gateway, and a stub mint unless `MINT` names a real one of play money.
 * Returns `{url, mintUrl, mint, gateway, close}`.
 */
export async function startDev(port = 0) {
  const mint = process.env.MINT ? null : new StubMint();
  const mintServer = createServer((request, response) => void serveMint(mint, request, response));
  const mintUrl = process.env.MINT ?? (await listen(mintServer, port === 0 ? 0 : port + 1));
  const bank = mint === null ? await WalletBank.open(mintUrl) : new StubBank(mint);
  const gateway = new StubGateway(bank, mintUrl);
  const server = createServer((request, response) => void serve(gateway, request, response));
  const url = await listen(server, port);
  const close = () =>
    [server, mintServer].forEach((one) => one.close() && one.closeAllConnections());
  return { url, mintUrl, mint, gateway, close };
}

async function serveMint(mint, request, response) {
  const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
  const reply = (status, body) => {
    response.writeHead(status, { ...cors, 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (request.method === 'OPTIONS') {
    reply(200, {});
    return;
  }
  try {
    reply(200, mint.answer(request.method, request.url, await json(request)));
  } catch (error) {
    reply(400, { code: error instanceof Refusal ? error.code : 0, detail: error.message });
  }
}

async function serve(gateway, request, response) {
  const { mintUrl } = gateway;
  const path = new URL(request.url, 'http://x').pathname;
  const reply = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const token = request.headers['x-cashu'];
  switch (`${request.method} ${path}`) {
    case 'GET /config.json':
      return reply(200, { gateway: '', mint: mintUrl, network: 'play' });
    case 'GET /v1/models':
      return reply(200, gateway.models());
    case 'GET /v1/oracle/rate':
      return reply(200, gateway.rate());
    case 'POST /v1/chat/completions':
      return gateway.complete(token, await json(request), response);
    case 'POST /v1/cashu/change': {
      const { status, body } = gateway.outcome(token);
      return reply(status, body);
    }
    case 'POST /dev/knobs':
      gateway.knobs = { ...gateway.knobs, ...(await json(request)) };
      return reply(200, gateway.knobs);
    case 'POST /dev/gift': {
      const { unit, amount } = await json(request);
      return reply(200, { token: await gateway.gift(unit, amount) });
    }
    default:
      return serveFile(path, mintUrl, response);
  }
}

async function serveFile(path, mintUrl, response) {
  const file = normalize(join(SITE, path === '/' ? 'index.html' : path));
  try {
    if (!file.startsWith(SITE)) {
      throw new Error('outside');
    }
    const content = await readFile(file);
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy(mintUrl),
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    response.end(content);
  } catch {
    response.writeHead(404);
    response.end();
  }
}

function policy(mintUrl) {
  return (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
    `img-src 'self' data: blob:; connect-src 'self' ${mintUrl}; manifest-src 'self'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'"
  );
}

async function json(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function listen(server, port) {
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dev = await startDev(Number(process.argv[2] ?? 8090));
  console.log(`page ${dev.url}, mint ${dev.mintUrl}`);
}
