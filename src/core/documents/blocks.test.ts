import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { openDraft } from '../base/draft';
import { BlockWriter } from './blocks';
import { hashOf } from './hashOf';
import { BLOCK, documentsKey, textChunksPrefix } from './record';
import { propertyRuns } from '../../testing/propertyRuns';

interface File {
  name: string;
  documents: number;
  isLabeled: boolean;
  isKept: boolean;
}
const files = fc.array(
  fc.record({
    name: fc.string(),
    documents: fc.oneof(fc.nat(3), fc.integer({ min: BLOCK - 2, max: BLOCK + 2 }), fc.constant(2 * BLOCK + 7)),
    isLabeled: fc.boolean(),
    isKept: fc.boolean(),
  }),
  { maxLength: 6 },
);

async function listed(given: readonly File[]) {
  const store = memoryStore();
  const draft = (await openDraft(store, textChunksPrefix('t')))!;
  const blocks = new BlockWriter('t', draft);
  const hashes: string[] = [];
  let max = 0;
  for (const { name, documents, isLabeled, isKept } of given) {
    const own: string[] = [];
    for (let i = 0; i < documents; i++) {
      const sha256 = `${name} ${i}`;
      own.push(sha256);
      const label = isLabeled && i % 3 === 1 && { fields: { label: `${i % 2}` } };
      await blocks.add({ title: name, sha256, characters: 1, bytes: 2, ...label });
      const written = (await store.keys(documentsKey('t'))).length;
      max = Math.max(max, blocks.documents - written * BLOCK);
    }
    expect(await blocks.hashOfFile()).toBe(await hashOf(own));
    if (!isKept) blocks.rollBack();
    else {
      hashes.push(...own);
      blocks.end({ name, size: documents, format: 'csv', notes: [] });
    }
  }
  const { documents, characters, bytes, names } = blocks;
  expect(await blocks.hash()).toBe(await hashOf(hashes));
  await draft.drop(await blocks.finish());
  return { most: max, list: await store.entries(documentsKey('t')), documents, characters, bytes, names };
}

test('rolls back a file of any number of blocks without traces, and buffers few rows', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      const { most: max, ...facts } = await listed(given);
      const { most: _, ...kept } = await listed(given.filter(({ isKept }) => isKept));
      expect(facts).toEqual(kept);
      expect(max).toBeLessThanOrEqual(2 * BLOCK);
    }),
    { numRuns: propertyRuns(20) },
  );
}, 60_000);
