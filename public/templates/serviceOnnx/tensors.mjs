import { Tensor } from 'onnxruntime-node';

/** Those of some inputs that a graph has. @param {{ inputNames: readonly string[] }} session @param {Record<string, Tensor>} given */
export const fed = ({ inputNames }, given) =>
  Object.fromEntries(Object.entries(given).filter(([name]) => inputNames.includes(name)));

/** Rows of whole numbers, of one length. @param {readonly (readonly number[])[]} rows */
export const matrix = (rows) =>
  new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]?.length ?? 0]);

/** One row. @param {readonly number[]} values */
export const row = (values) => matrix([values]);

/** @param {Tensor | undefined} tensor */
export function floats(tensor) {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error('The graph has no float32 logits.');
}
