import { number, objectOf, textOf } from './fields.mjs';

/**
 * What `POST /v1/fill-mask` asks for.
 * @param {unknown} given
 * @param {{ model: string }} limits
 * @returns {{ text: string, topK: number }}
 * @throws {import('./errors.mjs').ApiError} 400, or 404 for another model
 */
export function parseFill(given, { model }) {
  const body = objectOf(given, KNOWN, model, { isModelAsked: false });
  return {
    text: textOf(body['text'], 'text', 'must be one string, with [MASK] or ___ for each blank.'),
    topK: number(body, 'top_k', { initial: 5, least: 1, most: 100, whole: true }),
  };
}
const KNOWN = new Set(['model', 'text', 'top_k', 'user']);
