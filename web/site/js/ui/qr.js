// QR codes as inline SVG: dark on white with a quiet zone in both themes, because cameras need it.

import { encodeQR } from '../../vendor/qr.mjs';

const SVG = 'http://www.w3.org/2000/svg';
const QUIET_ZONE = 3;

/** Longest text we show as one still code: above this, phones read it badly. */
export const MAX_QR_CHARS = 1_091;

/** The code for a text, as an image with a name for those who cannot see it. */
export function qrCode(text, label) {
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: QUIET_ZONE });
  const size = modules.length;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('class', 'qr');
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.append(
    path(`M0 0h${size}v${size}h-${size}z`, 'qr-light'),
    path(darkModules(modules), 'qr-dark'),
  );
  return svg;
}

function darkModules(modules) {
  let drawing = '';
  modules.forEach((row, y) =>
    row.forEach((isDark, x) => {
      drawing += isDark ? `M${x} ${y}h1v1h-1z` : '';
    }),
  );
  return drawing;
}

function path(drawing, name) {
  const element = document.createElementNS(SVG, 'path');
  element.setAttribute('d', drawing);
  element.setAttribute('class', name);
  return element;
}
