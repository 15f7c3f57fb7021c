import { drawChart, drawCode } from "/chart.js";
import { byId, element, fill, put, sats, show } from "/panels.js";
import { encodeQR } from "/qr.mjs";

const MAX_CODE_CHARACTERS = 2_900;
const RETRY_MILLIS = 3_000;
let owner = false;
let latest = null;
let period = "24h";
let sum = false;
let countsJobs = false;

function tell(text) {
  byId("told").hidden = text === "";
  put("told", text);
}

async function act(name, body = {}) {
  const answer = await fetch(`/api/${name}`, { method: "POST", body: JSON.stringify(body) });
  const document = await answer.json();
  tell(answer.ok ? "" : document.error);
  return answer.ok ? document : null;
}

/** Sets a field to what the node says, unless its owner is at it. */
function keep(id, value) {
  const field = byId(id);
  if (document.activeElement !== field && String(field.value) !== String(value)) {
    field.value = String(value);
  }
}

function modelButtons(model) {
  const buttons = [];
  const add = (text, name) => {
    const button = element("button", text, "tab");
    button.disabled = !owner;
    button.setAttribute("aria-label", `${text} ${model.tag}`);
    button.addEventListener("click", () => act(name, { model: model.tag }));
    buttons.push(button);
  };
  if (!model.installed) add("Download", "pull-model");
  if (model.installed && !model.active) {
    add("Use", "switch-model");
    add("Remove", "remove-model");
  }
  return buttons;
}

function showModels(status) {
  put("engine", `Engine: ${status.engine}. ${status.models_managed ? "" : "It looks after its models itself."}`);
  const known = status.models_managed ? status.available_models : status.models.map((tag) => ({ tag, installed: true, active: true, fits: true }));
  const text = JSON.stringify([known, owner]);
  if (byId("models").dataset.shown !== text) {
    byId("models").dataset.shown = text;
    fill(byId("models"), known, (model) => {
      const item = element("li");
      const name = element("span", model.tag + " ");
      const words = [model.active ? "in use" : model.installed ? "installed" : "", model.fits ? "" : "too big", model.disk_mb ? `${(model.disk_mb / 1024).toFixed(1)} GB` : ""];
      name.append(element("small", words.filter(Boolean).join(", ")));
      const row = element("span", undefined, "row");
      row.append(...(status.models_managed ? modelButtons(model) : []));
      item.append(name, row);
      return item;
    });
  }
  const pull = status.pulling;
  byId("pulling").hidden = !pull;
  if (pull) {
    const percent = pull.total > 0 ? Math.floor((100 * pull.completed) / pull.total) : 0;
    put("pulling-text", `Downloading ${pull.model}: ${pull.status}, ${percent} %`);
    byId("pulling-bar").value = percent;
  }
}

function display(status) {
  const jobsBefore = latest?.earnings.jobs;
  latest = status;
  show(status, keep);
  showModels(status);
  if (jobsBefore !== status.earnings.jobs) drawHistory();
}

async function drawHistory() {
  const history = await (await fetch(`/api/history?period=${period}`)).json();
  const parts = { "24h": "hour, last 24 hours", "7d": "day, last 7 days", "30d": "day, last 30 days", "1y": "month, last year" };
  const what = countsJobs ? "Jobs" : "Sats";
  const title = sum ? `${what} together, ${parts[period].split(", ")[1]}` : `${what} per ${parts[period]}`;
  put("chart-title", title);
  drawChart(byId("chart"), history.buckets, {
    value: (bucket) => (countsJobs ? bucket.jobs : bucket.earned_msats),
    text: (amount) => (countsJobs ? `${amount} jobs` : `${sats(amount)} sats`),
    sum,
    title,
  });
}

function tokenPanel(token) {
  const panel = element("div", undefined, "token");
  panel.append(element("p", `${sats(token.amount_msats)} sats, taken out ${new Date(token.created).toLocaleString()}`, "soft"));
  if (token.token.length <= MAX_CODE_CHARACTERS) {
    panel.append(drawCode(encodeQR(token.token, "raw", { ecc: "low", border: 3 }), `QR code of ${sats(token.amount_msats)} sats`));
  }
  const row = element("div", undefined, "row");
  const copy = element("button", "Copy token", "btn");
  copy.addEventListener("click", () => navigator.clipboard.writeText(token.token).then(() => { copy.textContent = "Copied"; }));
  const used = element("button", "It is in my wallet", "btn");
  used.addEventListener("click", async () => {
    await act("ecash-spent", { id: token.id });
    showEcash();
  });
  row.append(copy, used);
  panel.append(row);
  return panel;
}

async function showEcash() {
  const answer = await fetch("/api/ecash");
  owner = answer.ok;
  byId("locked").hidden = owner;
  document.querySelectorAll("[data-owner]").forEach((field) => { field.disabled = !owner; });
  const tokens = owner ? (await answer.json()).tokens.filter((token) => !token.spent) : [];
  put("local", owner ? sats(tokens.reduce((all, token) => all + token.amount_msats, 0)) : "hidden");
  fill(byId("ecash"), tokens, tokenPanel);
}

function listen() {
  const onChange = (id, name, body) => byId(id).addEventListener("change", (event) => act(name, body(event.target)));
  onChange("job-mode", "set-job-mode", (field) => ({ mode: field.value }));
  onChange("threshold", "set-redeem-threshold", (field) => ({ threshold: Number(field.value) }));
  onChange("free", "set-free-tier", (field) => ({ pct: Number(field.value) }));
  onChange("context", "set-context-length", (field) => ({ context_length: Number(field.value) }));
  onChange("warm", "set-keep-warm", (field) => ({ on: field.checked }));
  for (const id of ["threshold", "free"]) byId(id).addEventListener("input", (event) => put(`${id}-is`, event.target.value));
  byId("wallet").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("address").blur();
    act("set-lightning-address", { address: byId("address").value.trim() });
  });
  byId("pause").addEventListener("click", () => act(latest?.watch?.code === "owner" ? "resume" : "pause"));
  byId("pause-hour").addEventListener("click", () => act("pause", { minutes: 60 }));
  byId("claim").addEventListener("click", async () => {
    byId("claim").disabled = true;
    await act("claim-ecash");
    await showEcash();
  });
  byId("copy-key").addEventListener("click", async () => {
    const answer = await (await fetch("/api/key")).json();
    await navigator.clipboard.writeText(answer.provider_key);
    put("copy-key", "Copied");
  });
  document.querySelectorAll("[data-period]").forEach((tab) => tab.addEventListener("click", () => {
    period = tab.dataset.period;
    document.querySelectorAll("[data-period]").forEach((one) => one.setAttribute("aria-pressed", String(one === tab)));
    drawHistory();
  }));
  const toggle = (id, change) => byId(id).addEventListener("click", (event) => {
    event.target.setAttribute("aria-pressed", String(change()));
    drawHistory();
  });
  toggle("cumulative", () => (sum = !sum));
  toggle("chart-jobs", () => (countsJobs = !countsJobs));
}

function follow() {
  const events = new EventSource("/api/events");
  events.onmessage = (event) => display(JSON.parse(event.data));
  events.onerror = () => {
    put("connected", "Not connected");
    put("sentence", "The agent does not answer. Is it still running?");
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_MILLIS);
  };
}

listen();
showEcash();
follow();
