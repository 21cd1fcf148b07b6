import { bad, flag, isObject, number, objectOf, textOf } from './fields.mjs';

/**
 * What `POST /v1/completions` asks for, checked field by field: what this server cannot do is refused, never ignored.
 * @typedef {object} Completion
 * @property {string} prompt
 * @property {number} maxTokens
 * @property {number} temperature
 * @property {number} topP
 * @property {string[]} stop
 * @property {number | null} seed
 * @property {boolean} echo
 * @property {boolean} stream
 * @property {boolean} usage a last event with the usage, in a stream
 */

/**
 * @param {unknown} given
 * @param {{ model: string, maxTokens: number }} limits
 * @returns {Completion}
 * @throws {ApiError} 400, or 404 for another model
 */
export function parseCompletion(given, limits) {
  const body = objectOf(given, KNOWN, limits.model);
  return {
    ...optionsOf(body, FIXED),
    prompt: promptOf(body['prompt'] ?? ''),
    maxTokens: number(body, 'max_tokens', { initial: 16, least: 1, most: limits.maxTokens, whole: true }),
    echo: flag(body, 'echo'),
  };
}

/**
 * What chats are asked with too.
 * @param {Record<string, unknown>} body
 * @param {typeof FIXED} fixed
 * @returns {Omit<Completion, 'prompt' | 'maxTokens' | 'echo'>}
 */
export function optionsOf(body, fixed) {
  for (const [name, parameter] of Object.entries(fixed)) {
    const value = body[name] ?? null;
    if (value !== null && JSON.stringify(value) !== JSON.stringify(parameter?.only)) {
      throw bad('unsupported_value', name, parameter?.reason ?? '');
    }
  }
  const stream = flag(body, 'stream');
  const options = body['stream_options'] ?? null;
  if (options !== null && (!stream || !isObject(options) || Object.keys(options).some((key) => key !== USAGE))) {
    throw bad('invalid_value', 'stream_options', `may only contain ${USAGE}, and only with stream.`);
  }
  return {
    temperature: number(body, 'temperature', { initial: 1, least: 0, most: 2 }),
    topP: number(body, 'top_p', { initial: 1, least: 0, most: 1 }),
    stop: stopOf(body['stop'] ?? []),
    seed: seedOf(body),
    stream,
    usage: isObject(options) && flag(options, USAGE),
  };
}

const USAGE = 'include_usage';

/** @type {Partial<Record<string, { only: unknown, reason: string }>>} Parameters that may only be left as they are. */
export const FIXED = {
  n: { only: 1, reason: 'must be 1: send the request again for another completion.' },
  best_of: { only: 1, reason: 'must be 1.' },
  logprobs: { only: null, reason: 'is not supported: this API returns no token probabilities.' },
  logit_bias: { only: {}, reason: 'is not supported.' },
  presence_penalty: { only: 0, reason: 'is not supported.' },
  frequency_penalty: { only: 0, reason: 'is not supported.' },
  suffix: { only: null, reason: 'is not supported: this model only continues text.' },
};
export const SAMPLING = ['model', 'temperature', 'top_p', 'stop', 'seed', 'stream', 'stream_options', 'user'];
const KNOWN = new Set(['prompt', 'max_tokens', 'echo', ...SAMPLING, ...Object.keys(FIXED)]);

/** @param {unknown} given */
function promptOf(given) {
  const prompt = Array.isArray(given) && given.length === 1 ? /** @type {unknown} */ (given[0]) : given;
  return textOf(prompt, 'prompt', 'must be one string: several prompts and token ids are not supported.');
}

/** @param {unknown} given */
function stopOf(given) {
  const stop = /** @type {unknown[]} */ (Array.isArray(given) ? given : [given]);
  if (stop.length > 4) throw bad('invalid_value', 'stop', 'may contain at most 4 strings.');
  return stop.map((text) => {
    if (typeof text === 'string' && text !== '' && text.length <= 1000) return text;
    throw bad('invalid_value', 'stop', 'must be one string or several, each of 1 to 1000 characters.');
  });
}

/** @param {Record<string, unknown>} body */
function seedOf(body) {
  const seed = body['seed'] ?? null;
  if (seed !== null && !Number.isSafeInteger(seed)) throw bad('invalid_value', 'seed', 'must be a whole number.');
  return /** @type {number | null} */ (seed);
}

/** A text as it is told. @type {import('./api.mjs').Form} */
export const COMPLETION_FORM = {
  id: 'cmpl',
  object: 'text_completion',
  event: 'text_completion',
  opening: null,
  part: choices,
  whole: choices,
};

/** @param {string} text @param {import('./api.mjs').Reason} reason */
function choices(text, reason) {
  return [{ index: 0, text, logprobs: null, finish_reason: reason }];
}
