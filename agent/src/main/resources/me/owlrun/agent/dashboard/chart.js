// The chart of earnings as inline SVG: bars, or a line for the sum; nights are shaded.
const SVG = "http" + "://www.w3.org/2000/svg";
const LEAST_WIDTH = 280;
const LABEL_WIDTH = 110;
const FLOOR = 160;
const TOP = 12;

function shape(kind, attributes, text) {
  const node = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Draws values, each with its label; `night` says which to shade. */
export function drawChart(svg, buckets, { value, sum, title, text }) {
  const width = Math.max(LEAST_WIDTH, svg.clientWidth);
  svg.setAttribute("viewBox", `0 0 ${width} 180`);
  const parts = [shape("title", {}, title)];
  let running = 0;
  const values = buckets.map((bucket) => (sum ? (running += value(bucket)) : value(bucket)));
  const most = Math.max(1, ...values);
  const step = width / buckets.length;
  const height = (amount) => ((FLOOR - TOP) * amount) / most;
  const gap = Math.min(3, step / 6);
  const hourly = buckets.length === 24;
  buckets.forEach((bucket, index) => {
    const hour = Number(bucket.label.slice(0, 2));
    if (hourly && (hour >= 22 || hour < 7)) {
      parts.push(shape("rect", { class: "night", x: index * step, y: 0, width: step, height: FLOOR }));
    }
  });
  if (sum) {
    const points = values.map((amount, index) => `${(index + 0.5) * step},${FLOOR - height(amount)}`);
    parts.push(shape("polyline", { class: "line", points: points.join(" ") }));
  }
  buckets.forEach((bucket, index) => {
    const tall = height(values[index]);
    if (!sum) {
      const bar = shape("rect", { class: "bar", rx: 2, x: index * step + gap, width: step - 2 * gap, y: FLOOR - tall, height: tall });
      bar.append(shape("title", {}, `${bucket.label}: ${text(values[index])}`));
      parts.push(bar);
    }
    if (index % Math.ceil((buckets.length * LABEL_WIDTH) / width) === 0) {
      parts.push(shape("text", { class: "axis", x: index * step + 3, y: 176 }, bucket.label));
    }
  });
  parts.push(shape("text", { class: "axis", x: width - 4, y: TOP, "text-anchor": "end" }, text(most === 1 ? Math.max(...values, 0) : most)));
  svg.replaceChildren(...parts);
  svg.setAttribute("aria-label", `${title}. Together ${text(values.at(sum ? -1 : 0) === undefined ? 0 : sum ? values.at(-1) : values.reduce((a, b) => a + b, 0))}.`);
}

/** A text as a QR code: dark on white in both themes, because cameras need it. */
export function drawCode(modules, label) {
  const size = modules.length;
  const svg = shape("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr", "shape-rendering": "crispEdges" });
  let dark = "";
  modules.forEach((row, y) => row.forEach((isDark, x) => { if (isDark) dark += `M${x} ${y}h1v1h-1z`; }));
  svg.append(shape("path", { class: "qr-light", d: `M0 0h${size}v${size}h-${size}z` }), shape("path", { class: "qr-dark", d: dark }));
  return svg;
}
