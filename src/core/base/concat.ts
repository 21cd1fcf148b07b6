/** Concatenates typed arrays into a new one. */
export const concatBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  filled(new Uint8Array(lengthOf(parts)), parts);

export const concatIds = (parts: readonly Uint32Array[]): Uint32Array =>
  filled(new Uint32Array(lengthOf(parts)), parts);

const lengthOf = (parts: readonly { length: number }[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function filled<A extends Uint8Array | Uint32Array>(whole: A, parts: readonly ArrayLike<number>[]): A {
  let at = 0;
  for (const part of parts) {
    // For a few numbers, such as the IDs of a word, a loop takes a fraction of the time of `set`.
    if (part.length > FEW) whole.set(part, at);
    else for (let i = 0; i < part.length; i++) whole[at + i] = part[i]!;
    at += part.length;
  }
  return whole;
}
const FEW = 8;
