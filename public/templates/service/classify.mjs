import { ApiError } from './errors.mjs';
import { bad, number, objectOf, textOf } from './fields.mjs';

/**
 * What `POST /v1/classify` asks for.
 * @param {unknown} given
 * @param {{ model: string, texts: number, atLeast: number }} limits `texts`: at most so many; `atLeast`: where it is not said
 * @returns {{ texts: string[], topK: number, atLeast: number }}
 * @throws {import('./errors.mjs').ApiError} 400, or 404 for another model
 */
export function parseClassify(given, { model, texts: most, atLeast }) {
  const body = objectOf(given, KNOWN, model, { isModelAsked: false });
  return {
    texts: textsOf(body, most),
    topK: number(body, 'top_k', { initial: 10, least: 1, most: 1000, whole: true }),
    atLeast: number(body, 'at_least', { initial: atLeast, least: 0, most: 1 }),
  };
}
const KNOWN = new Set(['model', 'text', 'texts', 'top_k', 'at_least', 'user']);

/** @param {Record<string, unknown>} body @param {number} most */
function textsOf({ text, texts }, most) {
  if (text !== undefined && texts !== undefined) throw bad('invalid_value', 'texts', 'and text exclude each other.');
  if (texts === undefined) return [textOf(text, 'text', 'must be one string, or texts a list of strings.')];
  if (!Array.isArray(texts)) throw bad('invalid_type', 'texts', 'must be a list of strings.');
  if (texts.length === 0 || texts.length > most) throw bad('invalid_value', 'texts', `must be 1 to ${most} strings.`);
  return texts.map((one) => textOf(one, 'texts', 'must be a list of strings.'));
}

/** @param {readonly string[]} texts @param {(text: string) => number[]} tokenize @throws {ApiError} 400 where one has no token */
export function idsOfTexts(texts, tokenize) {
  const all = texts.map(tokenize);
  const empty = all.findIndex(({ length }) => length === 0);
  if (empty === -1) return all;
  const [which, param] = all.length > 1 ? [`Text ${empty + 1} of ${all.length}`, 'texts'] : ['The text', 'text'];
  throw new ApiError(400, `${which} is empty.`, { code: 'empty_text', param });
}

/**
 * @typedef {object} Classes what model.json tells of them
 * @property {readonly string[]} labels in the order of their scores
 * @property {boolean} several whether a text may have several of them
 *
 * @typedef {object} Classified
 * @property {readonly number[]} scores of the labels
 * @property {number} tokens of the text
 * @property {number} read how many of them
 * @property {number} windows in how many parts
 */

/**
 * As it is told. A text has the likeliest label, and none where that is less likely than `atLeast`; one that may have several has
 * all that are so likely, and where that is 0 likelier than not.
 * @param {Classified} classified @param {Classes} classes @param {{ topK: number, atLeast: number }} asked
 */
export function reportOf({ scores, tokens, read, windows }, { labels, several }, { topK, atLeast }) {
  const shares = probabilitiesOf(scores, several);
  const ranked = labels
    .map((label, place) => ({ label, probability: shares[place] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  const likely = several ? ranked : ranked.slice(0, 1);
  const isLikely = (/** @type {number} */ p) => (several && atLeast === 0 ? p > 0.5 : p >= atLeast);
  const own = likely.filter(({ probability }) => isLikely(probability));
  return { labels: own.map(({ label }) => label), probabilities: ranked.slice(0, topK), tokens, read, windows };
}

/** @param {readonly number[]} scores @param {boolean} several */
function probabilitiesOf(scores, several) {
  if (several) return scores.map((score) => 1 / (1 + Math.exp(-score)));
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
