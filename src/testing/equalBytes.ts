import { expect } from 'vitest';

/**
 * An equality tester for `expect`: typed arrays with the same bits are equal, which one comparison of memory shows. Others are left
 * to `expect`, which looks at each number by its name and says which one differs.
 */
function equalBytes(one: unknown, other: unknown): true | undefined {
  if (!isTypedArray(one) || !isTypedArray(other) || one.constructor !== other.constructor) return undefined;
  return Buffer.compare(bytesOf(one), bytesOf(other)) === 0 ? true : undefined;
}

const isTypedArray = (value: unknown): value is NodeJS.TypedArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Adds the tester to `expect`. Testers add up over the files of a process, so it is added once. */
export function compareBytes(): void {
  const added = globalThis as { [HAS_TESTER]?: true };
  if (!added[HAS_TESTER]) expect.addEqualityTesters([equalBytes]);
  added[HAS_TESTER] = true;
}
const HAS_TESTER = Symbol.for('homegrown.equalBytes');
