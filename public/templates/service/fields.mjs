import { ApiError, otherModel } from './errors.mjs';

/** What bodies of requests are read with, field by field: what this server cannot do is refused, never ignored. */

/**
 * @param {unknown} body
 * @param {{ has(name: string): boolean }} known the names of its fields
 * @param {string} model the one that is here
 * @param {{ isModelAsked?: boolean }} [options] whether the field `model` must be there
 * @returns {Record<string, unknown>}
 * @throws {ApiError} 400, or 404 for another model
 */
export function objectOf(body, known, model, { isModelAsked = true } = {}) {
  if (!isObject(body)) throw new ApiError(400, 'The body must be a JSON object.');
  for (const name of Object.keys(body)) {
    if (!known.has(name)) {
      throw bad('unknown_parameter', /^\w{1,64}$/.test(name) ? name : 'body', 'is not a parameter of this API.');
    }
  }
  const asked = body['model'] ?? (isModelAsked ? null : model);
  if (typeof asked !== 'string') throw bad('missing', 'model', `must be "${model}".`);
  if (asked !== model) throw otherModel(model);
  return body;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} code @param {string} param @param {string} what */
export const bad = (code, param, what) => new ApiError(400, `${param} ${what}`, { code, param });

/** @param {Record<string, unknown>} body @param {string} name */
export function flag(body, name) {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw bad('invalid_type', name, 'must be true or false.');
  return value;
}

/**
 * @param {Record<string, unknown>} body
 * @param {string} name
 * @param {{ initial: number, least: number, most: number, whole?: boolean }} range
 */
export function number(body, name, { initial, least, most, whole = false }) {
  const value = body[name] ?? initial;
  if (typeof value !== 'number' || (whole && !Number.isInteger(value)) || !(value >= least && value <= most)) {
    throw bad('invalid_value', name, `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  }
  return value;
}

/** A text that UTF-8 can write. @param {unknown} given @param {string} name @param {string} what */
export function textOf(given, name, what) {
  if (typeof given !== 'string') throw bad('invalid_type', name, what);
  if (!given.isWellFormed()) throw bad('invalid_value', name, 'contains half of a surrogate pair.');
  return given;
}
