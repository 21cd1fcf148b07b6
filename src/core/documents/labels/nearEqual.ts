/**
 * Finds near-duplicate texts: a trained near-duplicate reveals a text of another part. Source: MinHash as in FineWeb
 * (Penedo et al. 2024, arXiv:2406.17557, section 3.4): 112 hashes of word 5-grams in 14 bands of 8, where one equal
 * band suffices. Detects texts that share 75 % of their 5-grams in 77 % of cases, and 85 % in 99 %.
 */
import { DisjointSets } from '../../base/disjointSets';
import { finalMix } from '../../base/murmur3';
import { bits, purposeId } from '../../base/rng';

const [BANDS, ROWS, WORDS] = [14, 8, 5];
const HASHES = BANDS * ROWS;

export class NearEqual {
  length = 0;
  /** Hash of each band of each text. Equal if all 8 MinHash values of the band are. */
  private bands = new Float64Array(64 * BANDS);
  private readonly min = new Uint32Array(HASHES);

  add(text: string): void {
    this.min.fill(2 ** 32 - 1);
    for (const shingle of shinglesOf(text)) this.see(shingle);
    if (this.bands.length < (this.length + 1) * BANDS) {
      const larger = new Float64Array(2 * this.bands.length);
      larger.set(this.bands);
      this.bands = larger;
    }
    for (let band = 0; band < BANDS; band++) {
      let [one, other] = [band, ~band];
      for (let row = 0; row < ROWS; row++) {
        const hash = this.min[band * ROWS + row]!;
        one = finalMix(one ^ hash);
        other = finalMix((other + hash) | 0);
      }
      this.bands[this.length * BANDS + band] = (one >>> 0) * 2 ** 21 + (other >>> 11);
    }
    this.length++;
  }

  /** For each text, the place of the first text in its group of near-duplicates. */
  groups(): Uint32Array {
    const sets = new DisjointSets(this.length);
    const order = sets.firsts();
    for (let band = 0; band < BANDS; band++) {
      const key = (place: number): number => this.bands[place * BANDS + band]!;
      order.sort((a, b) => key(a) - key(b) || a - b);
      for (let i = 1; i < order.length; i++) {
        const [before, place] = [order[i - 1]!, order[i]!];
        if (key(before) === key(place)) sets.join(before, place);
      }
    }
    return sets.firsts();
  }

  private see(shingle: number): void {
    const { min } = this;
    for (let i = 0; i < HASHES; i++) {
      const hash = (Math.imul(FACTORS[i]!, shingle) + TERMS[i]!) >>> 0;
      if (hash < min[i]!) min[i] = hash;
    }
  }
}
/** Odd, so that multiplication loses no bit. */
const FACTORS = Int32Array.from({ length: HASHES }, (_, i) => bits(0, 'near-equal factor', 0, i) | 1);
const TERMS = Int32Array.from({ length: HASHES }, (_, i) => bits(0, 'near-equal term', 0, i) | 0);

/** Hashes of word 5-grams, in lower case and without separators; for a shorter text, one hash of all words. */
function* shinglesOf(text: string): Generator<number> {
  const words = (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map(purposeId);
  if (words.length === 0) {
    yield finalMix(purposeId(text.trim()));
    return;
  }
  const all = Math.min(WORDS, words.length);
  for (let from = 0; from + all <= words.length; from++) {
    let hash = 0;
    for (let i = from; i < from + all; i++) hash = finalMix(Math.imul(hash, 31) ^ words[i]!);
    yield hash;
  }
}
