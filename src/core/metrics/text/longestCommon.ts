/**
 * Returns the length of the longest common subsequence of two lists of words, in linear memory.
 * Source: Crochemore et al. 2001, "A fast and practical bit-vector algorithm for the longest common subsequence
 * problem". Skips words of the vector without a match or a carry, which stay unchanged.
 */
export function longestCommon(a: readonly string[], b: readonly string[]): number {
  const places = placesIn(b);
  // Bit j is 0 if the subsequence grows at word j of b.
  const vector = new Uint32Array(Math.ceil(b.length / BITS)).fill(2 ** BITS - 1);
  for (const word of a) {
    const matches = places.get(word);
    if (matches) grow(vector, matches);
  }
  let length = 0;
  for (let j = 0; j < b.length; j++) if (((vector[j >> 5]! >>> (j & 31)) & 1) === 0) length++;
  return length;
}
const BITS = 32;

/** Positions of a word: indices of words of the vector, ascending, and the bits set in each. */
interface Matches {
  at: number[];
  bits: number[];
}

function placesIn(words: readonly string[]): ReadonlyMap<string, Matches> {
  const places = new Map<string, Matches>();
  for (const [j, word] of words.entries()) {
    const own = places.get(word) ?? { at: [], bits: [] };
    places.set(word, own);
    if (own.at.at(-1) === j >> 5) own.bits[own.bits.length - 1]! |= 1 << (j & 31);
    else {
      own.at.push(j >> 5);
      own.bits.push(1 << (j & 31));
    }
  }
  return places;
}

/** Computes vector = (vector + (vector & matches)) | (vector & ~matches) as one long number. */
function grow(vector: Uint32Array, { at, bits }: Matches): void {
  let carry = 0;
  let next = 0;
  let i = at[0]!;
  while (i < vector.length) {
    const own = next < at.length && at[next] === i ? bits[next++]! : 0;
    const before = vector[i]!;
    const sum = before + ((before & own) >>> 0) + carry;
    vector[i] = sum | (before & ~own);
    carry = sum >= 2 ** BITS ? 1 : 0;
    if (carry === 1) i++;
    else if (next < at.length) i = at[next]!;
    else return;
  }
}
