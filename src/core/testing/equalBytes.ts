/**
 * An equality tester for `expect`: typed arrays with the same bits are equal, which one comparison of memory shows. Others are left
 * to `expect`, which looks at each number by its name and says which one differs.
 */
export function equalBytes(one: unknown, other: unknown): true | undefined {
  if (!isTypedArray(one) || !isTypedArray(other) || one.constructor !== other.constructor) return undefined;
  return Buffer.compare(bytesOf(one), bytesOf(other)) === 0 ? true : undefined;
}

const isTypedArray = (value: unknown): value is NodeJS.TypedArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);
const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
