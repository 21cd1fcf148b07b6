import { HomegrownError } from '../base/errors';

/** Settings for choosing a token. */
export interface SamplingSettings {
  /** 0 = always the most probable token; 1 = the model's distribution; above = flatter. */
  temperature: number;
  /** Keeps only the k most probable tokens; 0 = all. */
  topK: number;
  /** Keeps the most probable tokens up to this probability; 1 = all. Source: Holtzman et al. 2019, arXiv:1904.09751. */
  topP: number;
  /** Orders tokens by id instead of rank for the draw, so that a small change of scores changes few drawn tokens. */
  isDrawnById?: boolean;
}
export interface SampledToken {
  id: number;
  /** The model's probability, before temperature, top-k and top-p. */
  probability: number;
  /** The eight most probable tokens, with the model's probabilities. */
  alternatives: readonly (readonly [id: number, probability: number])[];
}

/** A model's distribution of the next token. */
interface Distribution {
  /** Ids, most probable first; ties go to the lower id. */
  order: Uint32Array;
  /** Probability, 0 to 1. */
  probability(id: number): number;
  /** Log-probability in nats. */
  logProbability(id: number): number;
}

/**
 * logits [V]
 * @throws HomegrownError `diverged` if a score isn't finite
 */
export function distribution(logits: Float32Array): Distribution {
  const { highest, total } = softmaxSum(logits);
  return {
    order: Uint32Array.from(logits, (_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b),
    probability: (id) => Math.exp(logits[id]! - highest) / total,
    logProbability: (id) => logits[id]! - highest - Math.log(total),
  };
}

/**
 * Highest score, and the sum of exp(score - highest).
 * @throws HomegrownError `diverged` if a score isn't finite
 */
export function softmaxSum(logits: Float32Array): { highest: number; total: number } {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (const z of logits) total += Math.exp(z - highest);
  if (Number.isFinite(total)) return { highest, total };
  throw new HomegrownError(
    'diverged',
    'The model’s scores are not finite numbers.',
    'Its training diverged: use an earlier step.',
  );
}

/**
 * Chooses a token by one uniform number in [0, 1). Ties go to the lower id. logits [V].
 * @throws HomegrownError as `distribution` does
 */
export function sampleToken(
  logits: Float32Array,
  { temperature, topK, topP, isDrawnById = false }: SamplingSettings,
  uniform: number,
): SampledToken {
  const said = distribution(logits);
  const { order } = said;
  const chosen = (id: number): SampledToken => tokenOf(id, said);
  if (temperature === 0) return chosen(order[0]!);

  const highest = logits[order[0]!]!;
  const candidates = topK > 0 ? order.subarray(0, topK) : order;
  const weightOf = (id: number): number => Math.exp((logits[id]! - highest) / temperature);
  const weights = Float64Array.from(candidates, weightOf);
  const sum = weights.reduce((a, b) => a + b, 0);
  let kept = 0;
  let last = 0;
  while (last < weights.length && (last === 0 || topP === 1 || kept < topP * sum)) kept += weights[last++]!;
  const drawn = isDrawnById ? candidates.slice(0, last).sort() : candidates.subarray(0, last);
  let remaining = uniform * kept;
  for (const id of drawn.subarray(0, -1)) {
    remaining -= weightOf(id);
    if (remaining < 0) return chosen(id);
  }
  return chosen(drawn.at(-1)!);
}

/** A token with its alternatives. */
export const tokenOf = (id: number, { order, probability }: Distribution): SampledToken => ({
  id,
  probability: probability(id),
  alternatives: [...order.subarray(0, 8)].map((other) => [other, probability(other)] as const),
});
