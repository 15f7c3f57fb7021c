// The chat page: builds its parts and connects them. Nothing here knows how money moves.

import { satsText } from './wallet/amounts.js';
import { MintClient } from './wallet/cashu.js';
import { WalletDb } from './wallet/db.js';
import { Keeper } from './wallet/keeper.js';
import { Purse } from './wallet/purse.js';
import { Chats } from './chat/chats.js';
import { Conversation } from './chat/conversation.js';
import { Gateway } from './chat/gateway.js';
import { MAX_ANSWER_TOKENS, Market } from './chat/market.js';
import { ConfigError, loadConfig } from './config.js';
import { Composer } from './ui/composer.js';
import { byId, el } from './ui/el.js';
import { PursePanel } from './ui/purse-panel.js';
import { ReceiveSheet } from './ui/receive-sheet.js';
import { prepareMovingSheet } from './ui/sheets.js';
import { ThreadView } from './ui/thread-view.js';
import { TopUpSheet } from './ui/topup-sheet.js';
import { WithdrawSheet } from './ui/withdraw-sheet.js';
import { actionTrouble, answerTrouble } from './ui/words.js';

const MARKET_MILLIS = 60_000;
const MARKET_RETRY_MILLIS = 5_000;

/** The parts of the page and what happens between them. */
class Page {
  constructor({ config, purse, keeper, chats, market }) {
    this.parts = { purse, keeper, chats, market };
    Object.assign(this, this.parts);
    this.conversations = new Map();
    this.thread = new ThreadView();
    this.topUp = new TopUpSheet(purse);
    this.receive = new ReceiveSheet(purse, keeper);
    this.withdraw = new WithdrawSheet(purse, keeper);
    this.panel = new PursePanel(purse, {
      checkNow: () => void keeper.wake(),
      resume: (op) => this.#resume(op),
    });
    this.composer = new Composer(market, {
      send: (model, text) => void this.#send(model, text),
      stop: () => this.conversation.stop(),
      messagesWith: (text) => this.conversation.messagesWith(text),
    });
    byId('play-money').hidden = config.network !== 'play';
    this.#connectButtons();
    purse.addEventListener('change', () => void this.#catchUp());
  }

  async start() {
    this.#use((await this.chats.list())[0]);
    await this.panel.refresh();
    this.keeper.start();
    await this.#refreshMarket();
  }

  #connectButtons() {
    const opening = (sheet) => () => {
      byId('purse-sheet').close();
      sheet.open();
    };
    byId('top-up').addEventListener('click', opening(this.topUp));
    byId('purse-top-up').addEventListener('click', opening(this.topUp));
    byId('receive').addEventListener('click', opening(this.receive));
    byId('withdraw').addEventListener('click', opening(this.withdraw));
    byId('notice-close').addEventListener('click', () => this.#showNotice(''));
    byId('new-chat').addEventListener('click', () => this.#use());
    const openPurse = prepareMovingSheet(byId('purse-sheet'), byId('purse'), byId('purse-place'));
    const openChats = prepareMovingSheet(byId('chats-sheet'), byId('rail'), byId('rail-place'));
    byId('open-chats').addEventListener('click', openChats);
    byId('open-purse').addEventListener('click', () => {
      if (byId('purse-place').checkVisibility()) {
        byId('withdraw').focus();
      } else {
        openPurse();
      }
    });
  }

  /** Shows a chat, or a new one. An answer that is under way in another chat goes on. */
  #use(chat) {
    this.conversation = this.conversations.get(chat?.id) ?? this.#converse(chat);
    const { conversation } = this;
    this.thread.show(conversation.chat, Number(byId('open-purse').dataset.msat) > 0);
    this.composer.showAnswering(conversation.isAnswering);
    this.composer.showEstimate();
    this.composer.showMeter(0, 0);
    byId('chats-sheet').close();
    void this.#catchUp();
    void this.#showChats();
  }

  #converse(chat) {
    const conversation = new Conversation({ ...this.parts, chat });
    const ifShown = (action) => (event) => conversation === this.conversation && action(event);
    conversation.addEventListener(
      'message',
      ifShown(() => this.#showSent()),
    );
    conversation.addEventListener(
      'progress',
      ifShown(() => this.#showProgress()),
    );
    conversation.addEventListener(
      'settled',
      ifShown((event) => this.#showSettled(event.detail)),
    );
    this.conversations.set(conversation.chat.id, conversation);
    return conversation;
  }

  async #send(model, text) {
    const { conversation } = this;
    if (conversation.isAnswering) {
      return;
    }
    this.#showNotice('');
    this.composer.showAnswering(true);
    try {
      await conversation.send(model, text);
    } catch (error) {
      this.#showNotice(actionTrouble(error));
      this.composer.giveBack(text);
      this.#announce('Nothing was sent');
    }
    if (conversation === this.conversation) {
      this.composer.showAnswering(false);
      this.composer.showMeter(0, 0);
      this.#setOwl();
    }
  }

  #showSent() {
    const { messages } = this.conversation.chat;
    messages.slice(-2).forEach((message) => this.thread.append(message));
    this.composer.clear();
    this.composer.showMeter(1, 0);
    byId('owl').dataset.eyes = 'open';
    this.#announce('Answering');
    void this.#showChats();
  }

  /** At most once a frame, however fast the words come. */
  #showProgress() {
    const { conversation } = this;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (conversation === this.conversation && conversation.isAnswering) {
        const answer = conversation.chat.messages.at(-1);
        this.thread.update(answer);
        const likelyTokens = Math.ceil(answer.text.length / 4);
        this.composer.showMeter(1, Math.min(likelyTokens / MAX_ANSWER_TOKENS, 1));
      }
    });
  }

  #showSettled(outcome) {
    const answer = this.conversation.chat.messages.at(-1);
    this.thread.update(answer);
    const trouble = answerTrouble(outcome);
    this.#showNotice(trouble);
    const isPaid = answer.costMsat !== undefined;
    const paid = isPaid ? `, paid ${satsText(answer.costMsat)}` : '';
    this.#announce(trouble === '' ? `Answer ready${paid}` : '');
    void this.#showChats();
  }

  async #catchUp() {
    if ((await this.conversation?.catchUp()) === true) {
      this.thread.show(this.conversation.chat, true);
    }
  }

  async #showChats() {
    const chats = await this.chats.list();
    byId('chat-list').replaceChildren(
      ...chats.map((chat) => {
        const isShown = chat.id === this.conversation.chat.id;
        const cost = chat.messages.reduce((sum, message) => sum + (message.costMsat ?? 0), 0);
        const open = () => isShown || this.#use(chat);
        const attributes = { type: 'button', 'aria-current': isShown ? 'page' : null };
        const label = el('span', {}, chat.title || 'New chat');
        const paid = el(
          'span',
          { class: 'num', 'aria-label': `cost ${satsText(cost)}` },
          costText(cost),
        );
        return el('li', {}, el('button', { ...attributes, on: { click: open } }, label, paid));
      }),
    );
  }

  async #refreshMarket() {
    let wait = MARKET_MILLIS;
    try {
      await this.market.refresh();
      this.isOnline = true;
      wait = this.market.awake.length > 0 ? MARKET_MILLIS : MARKET_RETRY_MILLIS;
    } catch {
      this.isOnline = false;
      wait = MARKET_RETRY_MILLIS;
    }
    this.composer.showModels();
    this.#setOwl();
    setTimeout(() => void this.#refreshMarket(), wait);
  }

  #setOwl() {
    const count = this.isOnline ? this.market.awake.length : 0;
    const answering = this.conversation.isAnswering;
    byId('owl').dataset.eyes = answering ? 'open' : count > 0 ? 'half' : 'closed';
    byId('awake').hidden = false;
    byId('awake')
      .querySelector('.dot')
      .classList.toggle('off', count === 0);
    const models = count === 1 ? '1 model awake' : `${count} models awake`;
    byId('awake-text').textContent = this.isOnline ? models : 'Gateway not reachable';
  }

  #resume(op) {
    byId('purse-sheet').close();
    (op.kind === 'topup' ? this.topUp : this.withdraw).resume(op);
  }

  #showNotice(text) {
    byId('notice-text').textContent = text;
    byId('notice').hidden = text === '';
  }

  #announce(text) {
    byId('announcer').textContent = text;
  }
}

function costText(costMsat) {
  return costMsat === 0 ? '' : satsText(costMsat).replace(/ sats?$/, '');
}

/** Starts the page; the only place where the real world is put together. */
async function start() {
  if (!isSecureContext) {
    throw new ConfigError('Open it by https or at 127.0.0.1: elsewhere browsers have no locks.');
  }
  const config = await loadConfig();
  const gateway = new Gateway(config.gateway);
  const [db, chats] = await Promise.all([WalletDb.open(), Chats.open()]);
  const mint = new MintClient(config.mint);
  const purse = await new Purse({ db, mint, gateway }).open();
  const parts = { purse, keeper: new Keeper(purse), chats, market: new Market(gateway) };
  await new Page({ config, ...parts }).start();
}

start().catch((error) => {
  const reason = error instanceof ConfigError ? error.message : `${error.name}: ${error.message}`;
  byId('notice-text').textContent = `No money has moved. The page could not start. ${reason}`;
  byId('notice').hidden = false;
});
