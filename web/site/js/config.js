// Where this page finds its gateway and its mint: /config.json beside it.

/** The configuration cannot be used; the message says what to do about it. */
export class ConfigError extends Error {}

/**
 * Loads `{gateway, mint, network}`: address of the gateway ('' for the origin of the page), address
 * of the mint, and 'play' for play money, 'bitcoin' for real sats.
 */
export async function loadConfig() {
  let config;
  try {
    const response = await fetch('config.json', { cache: 'no-store', credentials: 'omit' });
    config = await response.json();
  } catch (cause) {
    throw new ConfigError('config.json is missing or is not JSON. Put it next to index.html.', {
      cause,
    });
  }
  return checkConfig(config);
}

/** Checks a configuration and fills nothing in: each setting has to be there. */
export function checkConfig(config) {
  const { gateway, mint, network } = config ?? {};
  if (gateway !== '' && !isAddress(gateway)) {
    throw new ConfigError('config.json: "gateway" has to be "" or an address such as https://...');
  }
  if (!isAddress(mint)) {
    throw new ConfigError('config.json: "mint" has to be an address such as https://...');
  }
  if (typeof network !== 'string') {
    throw new ConfigError('config.json: "network" has to be "play" or "bitcoin".');
  }
  return { gateway, mint: mint.replace(/\/+$/, ''), network };
}

function isAddress(text) {
  return typeof text === 'string' && /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text);
}
