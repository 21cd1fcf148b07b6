import { expect, it } from 'vitest';
import { splitDocuments } from '../../core/shards/split';
import { divide } from './TextsTable';

it('divides as the shards are divided', () => {
  const texts = [700, 250, 49, 1].map((bytes, n) => ({ id: String(n), name: `text ${n}`, bytes }));
  for (const share of [0.05, 0.1, 0.2, 0.5]) {
    const documents = texts.map(({ bytes }) => ({ sha256: '', characters: bytes, bytes, records: nothing }));
    const { train } = splitDocuments(documents, share);
    const wanted = documents.map((document) => train.find((segment) => segment.document === document)?.to ?? 0);
    expect(divide(texts, share).map(({ training }) => training)).toEqual(wanted);
  }
});

async function* nothing(): AsyncGenerator<string> {
  // Where a document is cut does not depend on what it says.
}
