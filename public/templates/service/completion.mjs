import { ApiError, otherModel } from './errors.mjs';

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
 * @param {unknown} body
 * @param {{ model: string, maxTokens: number }} limits
 * @returns {Completion}
 * @throws {ApiError} 400, or 404 for another model
 */
export function parseCompletion(body, limits) {
  if (!isObject(body)) throw new ApiError(400, 'The body must be a JSON object.');
  for (const name of Object.keys(body)) {
    if (!KNOWN.has(name)) {
      throw bad('unknown_parameter', /^\w{1,64}$/.test(name) ? name : 'body', 'is not a parameter of this API.');
    }
  }
  if (typeof body['model'] !== 'string') throw bad('missing', 'model', `must be "${limits.model}".`);
  if (body['model'] !== limits.model) {
    throw otherModel(limits.model);
  }
  for (const [name, { only, reason }] of Object.entries(FIXED)) {
    const value = body[name] ?? null;
    if (value !== null && JSON.stringify(value) !== JSON.stringify(only)) throw bad('unsupported_value', name, reason);
  }
  const stream = flag(body, 'stream');
  const options = body['stream_options'] ?? null;
  if (options !== null && (!stream || !isObject(options) || Object.keys(options).some((key) => key !== USAGE))) {
    throw bad('invalid_value', 'stream_options', `may only hold ${USAGE}, and only together with stream.`);
  }
  return {
    prompt: promptOf(body['prompt'] ?? ''),
    maxTokens: number(body, 'max_tokens', { initial: 16, least: 1, most: limits.maxTokens, whole: true }),
    temperature: number(body, 'temperature', { initial: 1, least: 0, most: 2 }),
    topP: number(body, 'top_p', { initial: 1, least: 0, most: 1 }),
    stop: stopOf(body['stop'] ?? []),
    seed: seedOf(body),
    echo: flag(body, 'echo'),
    stream,
    usage: isObject(options) && flag(options, USAGE),
  };
}

const USAGE = 'include_usage';

/** @type {Record<string, { only: unknown, reason: string }>} Parameters that may only be left as they are. */
const FIXED = {
  n: { only: 1, reason: 'must be 1: send the request again for another completion.' },
  best_of: { only: 1, reason: 'must be 1.' },
  logprobs: { only: null, reason: 'is not supported: probabilities of tokens are not given out here.' },
  logit_bias: { only: {}, reason: 'is not supported.' },
  presence_penalty: { only: 0, reason: 'is not supported.' },
  frequency_penalty: { only: 0, reason: 'is not supported.' },
  suffix: { only: null, reason: 'is not supported: this model only continues text.' },
};
const KNOWN = new Set([
  'model',
  'prompt',
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'echo',
  'stream',
  'stream_options',
  'user',
  ...Object.keys(FIXED),
]);

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} code @param {string} param @param {string} what */
const bad = (code, param, what) => new ApiError(400, `${param} ${what}`, { code, param });

/** @param {Record<string, unknown>} body @param {string} name */
function flag(body, name) {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw bad('invalid_type', name, 'must be true or false.');
  return value;
}

/**
 * @param {Record<string, unknown>} body
 * @param {string} name
 * @param {{ initial: number, least: number, most: number, whole?: boolean }} range
 */
function number(body, name, { initial, least, most, whole = false }) {
  const value = body[name] ?? initial;
  if (typeof value !== 'number' || (whole && !Number.isInteger(value)) || !(value >= least && value <= most)) {
    throw bad('invalid_value', name, `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  }
  return value;
}

/** @param {unknown} given */
function promptOf(given) {
  const prompt = Array.isArray(given) && given.length === 1 ? /** @type {unknown} */ (given[0]) : given;
  if (typeof prompt !== 'string') {
    throw bad('invalid_type', 'prompt', 'must be one string: neither several nor token ids are read.');
  }
  if (!prompt.isWellFormed()) throw bad('invalid_value', 'prompt', 'holds half of a surrogate pair.');
  return prompt;
}

/** @param {unknown} given */
function stopOf(given) {
  const stop = /** @type {unknown[]} */ (Array.isArray(given) ? given : [given]);
  if (stop.length > 4) throw bad('invalid_value', 'stop', 'may hold 4 strings at most.');
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
