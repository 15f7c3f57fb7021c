"use strict";

const REFRESH_MILLIS = 3000;

function put(id, text) {
  document.getElementById(id).textContent = text;
}

/** Whole millisats as sats with three places, in integers all the way. */
function sats(msats) {
  const whole = Math.trunc(msats / 1000);
  const rest = String(msats % 1000).padStart(3, "0");
  return whole.toLocaleString("en") + "." + rest;
}

function fill(list, items, build) {
  const nodes = items.map((item) => {
    const node = document.createElement("li");
    build(node, item);
    return node;
  });
  list.replaceChildren(...nodes);
}

function showProblems(problems) {
  const list = document.getElementById("problems");
  list.hidden = problems.length === 0;
  fill(list, problems, (node, problem) => {
    node.className = problem.severity;
    const title = document.createElement("strong");
    title.textContent = problem.title;
    node.append(title, problem.fix);
  });
}

function show(status) {
  const { jobs, gateway, gpu } = status;
  put("version", status.version + " " + status.network);
  put("sentence", status.state_sentence);
  put("state", status.state);
  put("earned", sats(status.earnings.total_msats));
  put("served", jobs.served);
  put("jobs-detail", `${jobs.running} of ${jobs.capacity} running, ${jobs.failed} failed`);
  put("balance", sats(gateway.balance_msats ?? 0));
  put("gateway", gateway.url);
  put("connected", gateway.connected ? "Connected" : "Not connected");
  put("jobs-today", gateway.jobs_today ?? "unknown");
  put("lightning", status.lightning_address || status.wallet.warning);
  put("key", status.provider_key);
  put("node", status.node_id);
  put("engine", "Engine: " + status.engine);
  fill(document.getElementById("models"), status.models, (node, model) => {
    node.textContent = model;
  });
  put("gpu", gpu.vram_total_mb
    ? `${gpu.name}: ${gpu.vram_free_mb} of ${gpu.vram_total_mb} MB free, ${gpu.util_pct} % busy, ${gpu.temp_c} °C, ${gpu.power_w} W`
    : "None found; models run on the processor.");
  showProblems(status.problems);
}

async function refresh() {
  try {
    const answer = await fetch("/api/status");
    show(await answer.json());
  } catch {
    put("sentence", "The agent does not answer. Is it still running?");
  }
  setTimeout(refresh, REFRESH_MILLIS);
}

refresh();
