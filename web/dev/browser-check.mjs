// Walks the page in a real browser against the stubs, and ends every walk at the mint's own count:
//
//     PLAYWRIGHT_CORE=/some/node_modules/playwright-core node web/dev/browser-check.mjs [shots folder]
//
// CHROMIUM names the browser (default /usr/bin/chromium), MINT a real mint of play money to use
// instead of the stub. The proof against the real mint and
// gateway is the Java test; this one is for working on the page.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDev } from './server.mjs';

const require = createRequire(import.meta.url);
const { chromium } = require(process.env.PLAYWRIGHT_CORE ?? 'playwright-core');
const shots = process.argv[2];
const WAIT_MILLIS = 30_000;

const hook = (name) => `[data-test="${name}"]`;

/** One browser profile on one fresh pair of stubs. */
class Walk {
  static async start(name, options = {}) {
    const walk = new Walk();
    walk.name = name;
    walk.dev = await startDev();
    walk.profile = await mkdtemp(join(tmpdir(), 'owlrun-web-'));
    walk.options = { viewport: { width: 1440, height: 900 }, colorScheme: 'dark', ...options };
    walk.troubles = [];
    walk.receipts = 0;
    await walk.open();
    return walk;
  }

  async open() {
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...this.options,
    });
    this.page = await this.newPage();
  }

  async newPage() {
    const page = await this.context.newPage();
    page.setDefaultTimeout(WAIT_MILLIS);
    page.on(
      'console',
      (message) => message.type() === 'error' && this.troubles.push(message.text()),
    );
    page.on('pageerror', (error) => this.troubles.push(String(error)));
    page.on('request', (request) => {
      const isOurs = [this.dev.url, this.dev.mintUrl].some((own) => request.url().startsWith(own));
      if (!isOurs) {
        this.troubles.push(`request to ${request.url()}`);
      }
    });
    await page.goto(this.dev.url);
    await page
      .locator(`${hook('model')} option[value="qwen2.5:0.5b"]`)
      .waitFor({ state: 'attached' });
    return page;
  }

  knobs(knobs) {
    Object.assign(this.dev.gateway.knobs, knobs);
  }

  /** Kills the browser's processes, found by the profile folder that only they have. */
  kill() {
    let killed = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.profile)) {
          process.kill(Number(pid), 'SIGKILL');
          killed += 1;
        }
      } catch {
        // The process has ended by itself meanwhile.
      }
    }
    assert.ok(killed > 0, 'no browser process was found to kill');
  }

  async balance(page = this.page) {
    return Number(await page.locator(hook('balance')).getAttribute('data-msat'));
  }

  async balanceIs(msat, page = this.page) {
    await page.locator(`${hook('balance')}[data-msat="${msat}"]`).waitFor();
  }

  async topUp(sats) {
    const before = await this.balance();
    await this.page.click(hook('top-up'));
    await this.page.fill(hook('top-up-amount'), String(sats));
    await this.page.click(hook('top-up-confirm'));
    await this.page.locator(`${hook('invoice')}[data-invoice^="lnbc"]`).waitFor();
    await this.shot('top-up');
    await this.page.locator(hook('top-up-done')).waitFor();
    await this.shot('top-up-done');
    await this.page.click('#top-up-sheet .close');
    await this.balanceIs(before + sats * 1000);
  }

  async send(text) {
    await this.page.fill(hook('message'), text);
    await this.page.click(hook('send'));
  }

  async receipt() {
    const receipt = this.page.locator(hook('receipt')).nth(this.receipts);
    await receipt.waitFor();
    this.receipts += 1;
    return {
      cost: Number(await receipt.getAttribute('data-cost-msat')),
      change: Number(await receipt.getAttribute('data-change-msat')),
    };
  }

  async withdraw(sats) {
    await this.page.click(hook('withdraw'));
    await this.page.fill(hook('withdraw-amount'), String(sats));
    await this.page.click(hook('withdraw-confirm'));
    const token = this.page.locator(hook('withdraw-token')).first();
    await token.waitFor();
    return token.inputValue();
  }

  async shot(what) {
    if (shots) {
      await mkdir(shots, { recursive: true });
      await this.page.waitForTimeout(450);
      await this.page.screenshot({ path: join(shots, `${this.name}-${what}.png`) });
    }
  }

  /** Ends the walk: no console error, no violation of the policy, no foreign request. */
  async end(expected = []) {
    await this.context.close();
    this.dev.close();
    await rm(this.profile, { recursive: true, force: true });
    const rest = this.troubles.filter((text) => !expected.some((pattern) => pattern.test(text)));
    assert.deepEqual(rest, [], this.name);
    console.log(`ok ${this.name}`);
  }
}

/**
 * Freezes one request of a page for ever, before it is sent or once its answer is there but not
 * told; resolves when that has happened.
 */
function freezeAt(page, path, when) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no request to ${path} came`)), WAIT_MILLIS).unref();
    void page.route(`**${path}`, async (route) => {
      if (route.request().method() === 'OPTIONS') {
        await route.continue();
        return;
      }
      if (when !== 'before') {
        await route.fetch();
      }
      resolve();
    });
  });
}

const SERVER_SAID_NO = /status of 5|status of 4/;
const CUT = /ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION|ERR_EMPTY|net::ERR_ABORTED/;

const walks = {
  async pay() {
    const walk = await Walk.start('pay');
    await walk.shot('empty');
    await walk.topUp(100);
    await walk.send('Show heap sort in Java, short.');
    await walk.page.locator(hook('stop')).waitFor();
    await walk.page.locator('.code').waitFor();
    await walk.shot('streaming');
    const { cost, change } = await walk.receipt();
    assert.equal(cost, 37);
    await walk.balanceIs(100_000 - 37);
    assert.ok(change > 0);
    const answer = await walk.page.locator(hook('answer')).innerText();
    assert.match(answer, /<img src=x onerror=alert\(1\)>/, 'markup stays text');
    await walk.shot('answered');
    const token = await walk.withdraw('12.345');
    assert.match(token, /^cashuB/);
    await walk.balanceIs(100_000 - 37 - 12_345);
    await walk.shot('withdraw');
    await walk.page.click(hook('take-back'));
    await walk.balanceIs(100_000 - 37);
    await walk.page.click('#withdraw-sheet .close');
    await walk.end();
  },

  async receive() {
    const walk = await Walk.start('receive');
    const paste = async (token) => {
      await walk.page.click(hook('receive'));
      await walk.page.fill(hook('receive-token'), token);
      await walk.page.click(hook('receive-confirm'));
    };
    await paste(await walk.dev.gateway.gift('sat', 21));
    await walk.balanceIs(21_000);
    await walk.shot('done');
    await walk.page.click('#receive-sheet .close');
    // Paid with sats, the change comes back as sats and the rest in msat.
    await walk.send('Hello');
    assert.equal((await walk.receipt()).cost, 37);
    await walk.balanceIs(20_963);
    // A token that was spent, one of another mint, and something that is no token.
    const token = await walk.dev.gateway.gift('msat', 1_000);
    await paste(token);
    await walk.balanceIs(21_963);
    await walk.page.click('#receive-sheet .close');
    await paste(token);
    await walk.page.locator(hook('receive-error')).filter({ hasText: 'spent' }).waitFor();
    walk.dev.gateway.mintUrl = 'https://mint.example';
    await walk.page.fill(hook('receive-token'), await walk.dev.gateway.gift('msat', 1_000));
    await walk.page.locator(hook('receive-error')).filter({ hasText: 'mint.example' }).waitFor();
    await walk.page.fill(hook('receive-token'), 'hello');
    await walk.page
      .locator(hook('receive-error'))
      .filter({ hasText: 'not a Cashu token' })
      .waitFor();
    await walk.page.click('#receive-sheet .close');
    await walk.page.click(hook('withdraw'));
    await walk.page.click(hook('withdraw-all'));
    await walk.page.click(hook('withdraw-confirm'));
    await walk.page.locator(hook('withdraw-token')).nth(1).waitFor();
    await walk.balanceIs(0);
    const tokens = await walk.page.locator(hook('withdraw-token')).all();
    assert.equal(tokens.length, 2);
    await walk.shot('withdraw-both');
    await walk.end([SERVER_SAID_NO]);
  },

  /** Reload in mid-stream: the change is fetched from the gateway afterwards. */
  async reload() {
    const walk = await Walk.start('reload');
    await walk.topUp(100);
    walk.knobs({ pieceMillis: 60 });
    await walk.send('Hello');
    await walk.page.locator('.answer-text p').first().filter({ hasText: 'Build' }).waitFor();
    await walk.page.reload();
    await walk.balanceIs(100_000 - 37);
    assert.equal((await walk.receipt()).cost, 37);
    await walk.end([CUT]);
  },

  /** The browser process dies in mid-stream. */
  async kill() {
    const walk = await Walk.start('kill');
    await walk.topUp(100);
    walk.knobs({ pieceMillis: 60 });
    await walk.send('Hello');
    await walk.page.locator('.answer-text p').first().filter({ hasText: 'Build' }).waitFor();
    await walk.context.close();
    await walk.open();
    await walk.balanceIs(100_000 - 37);
    await walk.end([CUT]);
  },

  async stop() {
    const walk = await Walk.start('stop');
    await walk.topUp(100);
    walk.knobs({ pieceMillis: 60, settleMillis: 700 });
    await walk.send('Hello');
    await walk.page.locator('.answer-text p').first().filter({ hasText: 'Build' }).waitFor();
    await walk.page.click(hook('stop'));
    assert.equal((await walk.receipt()).cost, 37);
    await walk.balanceIs(100_000 - 37);
    await walk.shot('stopped');
    await walk.end([CUT, SERVER_SAID_NO]);
  },

  /** The connection breaks before the change. */
  async cut() {
    const walk = await Walk.start('cut');
    await walk.topUp(100);
    walk.knobs({ cutAfter: 20, settleMillis: 500 });
    await walk.send('Hello');
    assert.equal((await walk.receipt()).cost, 37);
    await walk.balanceIs(100_000 - 37);
    await walk.page.locator(hook('error')).filter({ hasText: 'You paid 0.037 sats' }).waitFor();
    await walk.shot('error');
    await walk.end([CUT, SERVER_SAID_NO]);
  },

  async refused() {
    const walk = await Walk.start('refused');
    await walk.send('Hello');
    await walk.page.locator(hook('error')).filter({ hasText: 'Nothing was sent' }).waitFor();
    assert.equal(await walk.page.inputValue(hook('message')), 'Hello');
    await walk.topUp(100);
    walk.knobs({ refuse: 503 });
    await walk.page.click(hook('send'));
    await walk.page.locator(hook('error')).filter({ hasText: 'Nothing was charged' }).waitFor();
    await walk.balanceIs(100_000);
    await walk.shot('no-nodes');
    await walk.end([SERVER_SAID_NO]);
  },

  /** The gateway never gets the request: after 15 s the coins are swapped back. */
  async lost() {
    const walk = await Walk.start('lost');
    await walk.topUp(100);
    await walk.page.route('**/v1/chat/completions', (route) => route.abort());
    await walk.send('Hello');
    await walk.balanceIs(100_000);
    await walk.page.locator(hook('error')).filter({ hasText: 'Nothing was charged' }).waitFor();
    await walk.end([/Failed to load/, SERVER_SAID_NO]);
  },

  /** The invoice is paid while no page is open. */
  async late() {
    const walk = await Walk.start('late');
    await walk.page.click(hook('top-up'));
    await walk.page.click(hook('top-up-confirm'));
    await walk.page.locator(`${hook('invoice')}[data-invoice^="lnbc"]`).waitFor();
    await walk.context.close();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await walk.open();
    await walk.balanceIs(100_000);
    await walk.end();
  },

  async tabs() {
    const walk = await Walk.start('tabs');
    await walk.topUp(100);
    const other = await walk.newPage();
    await walk.balanceIs(100_000, other);
    walk.knobs({ pieceMillis: 40 });
    await walk.send('Hello');
    await other.fill(hook('message'), 'Hello too');
    await other.click(hook('send'));
    await walk.receipt();
    await walk.balanceIs(100_000 - 74);
    await walk.balanceIs(100_000 - 74, other);
    await walk.end();
  },

  /** The mint retires its keyset while the page is open: coins come back on the new one. */
  async rotate() {
    const walk = await Walk.start('rotate');
    if (walk.dev.mint === null) {
      console.log('   skipped: a real mint cannot be told to change its keys from here');
      return walk.end();
    }
    await walk.topUp(100);
    walk.dev.mint.rotate('msat');
    walk.knobs({ refuse: 503 });
    await walk.send('Hello');
    await walk.page.locator(hook('error')).filter({ hasText: 'Nothing was charged' }).waitFor();
    await walk.balanceIs(100_000);
    walk.knobs({ refuse: undefined });
    await walk.send('Hello');
    await walk.balanceIs(100_000 - 37);
    await walk.end([SERVER_SAID_NO]);
  },

  /** The mint is away while the change arrives, and comes back. */
  async mintAway() {
    const walk = await Walk.start('mint-away');
    await walk.topUp(100);
    await walk.page.route('**/v1/swap', (route) => route.abort());
    await walk.send('Hello');
    await walk.page.locator('#pending').filter({ hasText: 'Change' }).waitFor();
    await walk.shot('pending');
    await walk.page.unroute('**/v1/swap');
    await walk.page.locator('#pending button').click();
    await walk.balanceIs(100_000 - 37);
    assert.equal((await walk.receipt()).cost, 37);
    await walk.end([/Failed to load/]);
  },

  /** Many prompts: coins must not pile up. */
  async many() {
    const walk = await Walk.start('many');
    await walk.topUp(100);
    walk.knobs({ pieceMillis: 0 });
    for (let count = 1; count <= 25; count += 1) {
      await walk.send(`Question ${count}`);
      await walk.balanceIs(100_000 - 37 * count);
      await walk.page.locator(hook('send')).waitFor();
    }
    const coins = await walk.page.evaluate(
      () =>
        new Promise((resolve) => {
          const open = indexedDB.open('owlrun-wallet');
          open.onsuccess = () => {
            const all = open.result.transaction('proofs').objectStore('proofs').count();
            all.onsuccess = () => resolve(all.result);
          };
        }),
    );
    assert.ok(coins <= 40, `${coins} coins after 25 prompts`);
    console.log(`   ${coins} coins after 25 prompts`);
    await walk.end();
  },

  /** The browser is killed, with signal 9, at every step that talks to the mint or the gateway. */
  async crashes() {
    const act = {
      topUp: async ({ page }) => {
        await page.click(hook('top-up'));
        await page.click(hook('top-up-confirm'));
      },
      prompt: (walk) => walk.send('Hello'),
      receive: async (walk) => {
        await walk.page.click(hook('receive'));
        await walk.page.fill(hook('receive-token'), await walk.dev.gateway.gift('sat', 9));
        await walk.page.click(hook('receive-confirm'));
      },
      // Twice the purse has a coin of one millisat; the third time it must swap a larger one.
      withdraw: async (walk) => {
        for (let count = 1; count <= 2; count += 1) {
          await walk.withdraw('0.001');
          await walk.page.click('#withdraw-sheet .close');
        }
        await walk.page.click(hook('withdraw'));
        await walk.page.fill(hook('withdraw-amount'), '0.001');
        await walk.page.click(hook('withdraw-confirm'));
      },
      takeBack: async (walk) => {
        await walk.withdraw('1.5');
        await walk.page.click(hook('take-back'));
      },
    };
    const cases = [
      ['topUp', '/v1/mint/bolt11', 40_000],
      ['prompt', '/v1/swap', 20_000 - 37],
      ['receive', '/v1/swap', 29_000],
      ['withdraw', '/v1/swap', 19_997],
      ['takeBack', '/v1/swap', 20_000],
    ];
    for (const [name, path, expected] of cases) {
      // A forgetful mint does not answer a replay: then the signatures come from NUT-09.
      for (const when of ['before', 'after', 'after-forgetful']) {
        const walk = await Walk.start(`crash-${name}-${when}`);
        if (walk.dev.mint !== null) {
          walk.dev.mint.isForgetful = when === 'after-forgetful';
        }
        await walk.topUp(20);
        const reached = freezeAt(walk.page, path, when);
        await act[name](walk);
        await reached;
        walk.kill();
        await walk.open();
        await walk.balanceIs(expected);
        await walk.end([CUT, SERVER_SAID_NO]);
      }
    }
    // The request for the answer itself: never sent, and sent without anyone hearing the answer.
    for (const [when, expected] of [
      ['before', 20_000],
      ['after', 20_000 - 37],
    ]) {
      const walk = await Walk.start(`crash-answer-${when}`);
      await walk.topUp(20);
      const reached = freezeAt(walk.page, '/v1/chat/completions', when);
      await walk.send('Hello');
      await reached;
      walk.kill();
      await walk.open();
      await walk.balanceIs(expected);
      await walk.end([CUT, SERVER_SAID_NO]);
    }
  },

  /** Pictures of every theme and size. */
  async looks() {
    for (const colorScheme of ['dark', 'light']) {
      for (const [size, viewport] of [
        ['d', { width: 1440, height: 900 }],
        ['m', { width: 390, height: 844 }],
      ]) {
        const walk = await Walk.start(`look-${colorScheme}-${size}`, { viewport, colorScheme });
        await walk.shot('empty');
        await walk.topUp(1_843);
        walk.knobs({ pieceMillis: 1, costMsat: 21 });
        await walk.send('Show heap sort in Java, short.');
        await walk.receipt();
        await walk.shot('chat');
        if (size === 'm') {
          await walk.page.click(hook('balance'));
          await walk.shot('purse');
        }
        await walk.withdraw('64');
        await walk.shot('withdraw');
        await walk.end();
      }
    }
  },
};

const wanted = process.env.WALKS?.split(',') ?? Object.keys(walks);
for (const name of wanted) {
  await walks[name]();
}
