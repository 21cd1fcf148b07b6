/** Finalizer of MurmurHash3 (Appleby 2011): each bit of the result depends on all bits of the hash. Returns an int32. */
export function finalMix(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
