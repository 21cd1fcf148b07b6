import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Model what model.json says of the model
 * @property {string} id
 * @property {number} created seconds since 1970
 * @property {'text-generation' | 'fill-mask' | 'text2text-generation' | 'text-classification'} task
 * @property {readonly string[]} files with weights
 * @property {Record<string, unknown>} more what its engine needs to know besides
 */

/**
 * @param {string} path
 * @returns {Model}
 * @throws {Error}
 */
export function readModel(path) {
  let told;
  try {
    told = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`model.json can't be read: ${reason(error)}.`);
  }
  const { id, created, task, files, ...more } = Object(told);
  const areNames = Array.isArray(files) && files.length > 0 && files.every((file) => typeof file === 'string' && file);
  if (typeof id === 'string' && id && Number.isInteger(created) && TASKS.has(task) && areNames) {
    return { id, created, task, files, more };
  }
  throw new Error(
    `model.json must have id (text), created (whole number), task (one of ${[...TASKS].join(', ')}) and files (names).`,
  );
}
const TASKS = new Set(['text-generation', 'fill-mask', 'text2text-generation', 'text-classification']);

/**
 * Why a file is not served whose tensors are not those that its hash was made of.
 * @param {string} name @param {string} found @param {string | undefined} written undefined where it carries none
 */
export const damaged = (name, found, written) =>
  written === undefined || found === written
    ? null
    : `${name} is damaged: its tensors have the hash ${found.slice(0, 12)}…, not ${written.slice(0, 12)}…. ${AGAIN}`;

/** Why a file is not served that holds no number. @param {string} name @param {string} bad which value */
export const notANumber = (name, bad) =>
  `Can't serve ${name}: ${bad} is not a finite number. Its training diverged: export an earlier step.`;

export const AGAIN = 'Copy or download it again. The original model is safe.';

/** @param {unknown} error */
export const reason = (error) => (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
