// What the panels show: takes a status document and puts its words on the page.
export const byId = (id) => document.getElementById(id);
export const put = (id, text) => { byId(id).textContent = text; };

/** Millisats as sats with as many places as they need. */
export function sats(msats) {
  const whole = Math.floor(msats / 1000).toLocaleString("en");
  const rest = String(msats % 1000).padStart(3, "0").replace(/0+$/, "");
  return rest === "" ? whole : `${whole}.${rest}`;
}

export function element(kind, text, name) {
  const node = document.createElement(kind);
  if (text !== undefined) node.textContent = text;
  if (name) node.className = name;
  return node;
}

export function fill(parent, items, make) {
  parent.replaceChildren(...items.map(make));
}

const usd = (amount) => amount === undefined ? "unknown" : "$" + Number(amount).toLocaleString("en", { maximumFractionDigits: 2 });

function showTiles(status) {
  const { earnings, gateway, gpu, jobs, btc_price: price } = status;
  put("today", sats(earnings.today_msats ?? 0));
  const worth = price?.live_usd ? (earnings.today_msats / 1e11) * price.live_usd : 0;
  put("today-usd", worth >= 0.01 ? `, about $${worth.toFixed(2)}` : "");
  put("state", status.state);
  put("temp", gpu.temp_c ? `${gpu.temp_c} °C` : gpu.vram_total_mb ? "ready" : "none");
  put("power", gpu.power_w > 0 ? `${gpu.power_w} W` : "");
  put("served", earnings.today_jobs ?? 0);
  put("failed", `${jobs.failed} failed, ${jobs.running} running`);
  put("sentence", status.state === "earning" && earnings.last_24h_msats > 0
    ? `The last 24 hours earned ${sats(earnings.last_24h_msats)} sats`
    : status.state_sentence);
  put("version", `${status.version} ${status.network}`);
  put("gateway", gateway.url);
  put("connected", gateway.connected ? "Connected" : "Not connected");
  put("jobs-today", gateway.jobs_today ?? "unknown");
  put("tokens-today", (gateway.tokens_today ?? 0).toLocaleString("en"));
  put("queue", gateway.queue_depth_global ?? "unknown");
  put("btc", usd(price?.live_usd) + (price?.status ? ` (${price.status})` : ""));
  put("btc-day", usd(price?.daily_avg));
  put("node", status.node_id);
}

function showMachine({ gpu, disk, watch }) {
  put("gpu", gpu.vram_total_mb ? gpu.name : "None found; models run on the processor.");
  put("vram", gpu.vram_total_mb ? `${gpu.vram_free_mb} of ${gpu.vram_total_mb} MB free` : "–");
  put("load", gpu.vram_total_mb ? `${gpu.util_pct} %` : "–");
  put("disk", disk ? `${disk.free_gb} of ${disk.total_gb} GB free (${disk.free_pct} %)` : "not watched");
  const away = watch?.away_seconds;
  put("user", away === undefined ? "nobody is seen here" : away < 60 ? `here (${watch.source})` : `away for ${Math.floor(away / 60)} min (${watch.source})`);
}

function showNotices(status) {
  const make = (title, text, kind) => {
    const item = element("li", undefined, kind);
    item.append(element("strong", title), text);
    return item;
  };
  byId("problems").hidden = status.problems.length === 0;
  fill(byId("problems"), status.problems, (one) => make(one.title, one.fix, one.severity));
  const news = status.broadcasts ?? [];
  byId("broadcasts").hidden = news.length === 0;
  fill(byId("broadcasts"), news, (one) => make(one.title, one.message, one.severity));
}

function showJobs(jobs) {
  byId("no-jobs").hidden = jobs.length > 0;
  fill(byId("jobs"), jobs, (job) => {
    const row = element("tr");
    const time = new Date(job.ts).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
    row.append(element("td", time, "num"), element("td", job.model || "unknown"),
      element("td", job.tokens.toLocaleString("en"), "num"), element("td", sats(job.earned_msats), "num"));
    return row;
  });
}

function showWallet(status, keep) {
  const balance = status.gateway.balance_msats ?? 0;
  put("balance", sats(balance));
  put("total", sats(status.earnings.total_msats));
  const missing = status.redeem_threshold * 1000 - balance;
  put("payout", !status.lightning_address ? "set a Lightning address"
    : missing > 0 ? `${sats(missing)} sats to go` : "due");
  keep("address", status.lightning_address);
  keep("threshold", status.redeem_threshold);
  put("threshold-is", byId("threshold").value);
  keep("free", status.free_tier_pct);
  put("free-is", byId("free").value);
  put("karma", status.karma_tier ? `Karma: ${status.karma_tier}, ${status.karma_score.toLocaleString("en")} points, ${status.free_tier_jobs} free jobs.` : "");
  const payouts = (status.withdraw_history ?? []).slice(0, 3);
  fill(byId("payouts"), payouts.length ? payouts : [null], (one) => {
    const item = element("li");
    item.append(one ? element("span", one.timestamp) : element("small", "None yet."), one ? element("span", `${sats(one.amount_msats)} sats`, "num") : "");
    return item;
  });
}

/** Shows a whole status; `keep` sets a field unless its owner is at it. */
export function show(status, keep) {
  showTiles(status);
  showMachine(status);
  showNotices(status);
  showWallet(status, keep);
  showJobs(status.recent_jobs ?? []);
  keep("job-mode", status.job_mode);
  keep("context", status.context_length);
  byId("warm").checked = status.keep_warm;
  put("key", status.provider_key);
  put("pause", status.watch?.code === "owner" ? "Resume" : "Pause");
  byId("pause-hour").hidden = status.watch?.code === "owner";
}
