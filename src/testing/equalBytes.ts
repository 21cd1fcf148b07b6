import { expect } from 'vitest';

/**
 * Equality tester for `expect`: compares typed arrays with one comparison of memory. Leaves unequal ones to `expect`,
 * which compares numbers one by one and reports which one differs.
 */
function equalBytes(a: unknown, b: unknown): true | undefined {
  if (!isTypedArray(a) || !isTypedArray(b) || a.constructor !== b.constructor) return undefined;
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0 ? true : undefined;
}

const isTypedArray = (value: unknown): value is NodeJS.TypedArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Adds the tester to `expect` once, because testers accumulate over the files of a process. */
export function compareBytes(): void {
  const globalFlags = globalThis as { [HAS_TESTER]?: true };
  if (!globalFlags[HAS_TESTER]) expect.addEqualityTesters([equalBytes]);
  globalFlags[HAS_TESTER] = true;
}
const HAS_TESTER = Symbol.for('homegrown.equalBytes');
