import { type Documents, totalOf } from '../base/document';
import type { Job } from '../base/job';
import { ID_OF_BYTE } from './alphabet';
import { PairTable } from './pairTable';
import { preTokens } from './split';
import type { TokenizerModel } from './tokenizer';

/**
 * Makes a token for every character of the text: bytes for ASCII, and merges for others, the most frequent first.
 * A character of three or four bytes also needs tokens for its prefixes, which characters share.
 */
export async function learnCharacters(documents: Documents, job: Job): Promise<TokenizerModel['merges']> {
  const counts = await frequencies(documents, job);
  const characters = [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  const pairs = new PairTable();
  const encoder = new TextEncoder();
  for (const [point] of characters) {
    const [first = 0, ...others] = encoder.encode(String.fromCodePoint(point));
    let id = ID_OF_BYTE[first]!;
    for (const byte of others) id = 256 + pairs.findOrAdd(id, ID_OF_BYTE[byte]!);
  }
  return pairs.left.map((left, i) => [left, pairs.right[i]!]);
}

/** Code point -> occurrences, for characters of more than one byte. */
async function frequencies(documents: Documents, job: Job): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  let done = 0;
  const of = await totalOf(documents, 'characters');
  for await (const document of documents) {
    for await (const batch of preTokens(document.chunks(), job)) {
      for (const word of batch) {
        for (const character of word) {
          done++;
          const point = character.codePointAt(0)!;
          if (point > 0x7f) counts.set(point, (counts.get(point) ?? 0) + 1);
        }
      }
      job.report({ label: 'Reading the text', done, of, unit: 'characters' });
    }
  }
  return counts;
}
