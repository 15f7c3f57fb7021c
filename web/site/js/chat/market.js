// What the gateway offers right now: models and the rate they are billed at.

import { MINIMUM_JOB_MSAT, jobPriceMsat, likelyPromptTokens, promptTokenBound } from './pricing.js';

/** Longest answer we ask for, in tokens. */
export const MAX_ANSWER_TOKENS = 2_048;

/** An answer of usual length, for showing a likely price. */
const USUAL_ANSWER_TOKENS = 300;

/** The shortest answer worth paying for. */
const LEAST_ANSWER_TOKENS = 16;

/** What we hold when the price cannot be computed: the gateway gives back the rest. */
const UNPRICED_HOLD_MSAT = 5_000;

/** Models by id and what they cost, as last heard. */
export class Market {
  #gateway;
  #rate = '';
  #minimumMsat = MINIMUM_JOB_MSAT;
  models = [];

  /** Models that a node serves right now; the others are only on the price list. */
  get awake() {
    return this.models.filter((model) => model.isAwake);
  }

  constructor(gateway) {
    this.#gateway = gateway;
  }

  /** Asks the gateway. Throws `GatewayUnreachable`. A missing rate only hides the prices. */
  async refresh() {
    const [models, rate] = await Promise.all([
      this.#gateway.models(),
      this.#gateway.rate().catch(() => ({})),
    ]);
    this.models = models;
    this.#rate = String(rate.yesterday_fix ?? ''); // bills use the last daily fix
    this.#minimumMsat = Number(rate.min_cost_msats ?? MINIMUM_JOB_MSAT);
  }

  /** What a usual answer to these messages costs, in millisats, or null. */
  likelyMsat(modelId, messages) {
    return this.#price(modelId, likelyPromptTokens(messages), USUAL_ANSWER_TOKENS);
  }

  /** The most these messages can cost and the least that makes sense, in millisats. */
  boundsMsat(modelId, messages) {
    const bound = promptTokenBound(messages);
    return {
      holdMsat: this.#price(modelId, bound, MAX_ANSWER_TOKENS) ?? UNPRICED_HOLD_MSAT,
      leastMsat: this.#price(modelId, bound, LEAST_ANSWER_TOKENS) ?? this.#minimumMsat,
    };
  }

  #price(modelId, promptTokens, completionTokens) {
    const model = this.models.find((one) => one.id === modelId);
    return model
      ? jobPriceMsat(model.price, this.#rate, promptTokens, completionTokens, this.#minimumMsat)
      : null;
  }
}
