import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryStore } from '../base/blobStore';
import type { Document } from '../base/document';
import { sha256Hex } from '../base/hash';
import { unwatched } from '../base/job';
import { awkwardText, documentOf } from '../../testing/texts';
import { createTokenizer } from '../tokenizer/byteLevel';
import { trainTokenizer } from '../tokenizer/train';
import { buildShards } from './build';
import type { PartName } from './manifest';
import { openPart } from './read';
import { propertyRuns } from '../../testing/propertyRuns';

const WORDS = 'the whale and the sea and the whale again, é 你好 '.repeat(20);
const bpe = await createTokenizer(
  await trainTokenizer({ kind: 'bpe', vocabulary: 300 }, [documentOf(WORDS)], unwatched),
);

it('gives the document of each id, with its label and fields', async () => {
  const text = fc.record({
    words: awkwardText,
    label: fc.constantFrom(undefined, 'joy', 'anger'),
    cuts: fc.option(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 })), { nil: undefined }),
    of: fc.constantFrom('a', 'b', undefined),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 12 }),
      fc.constantFrom([0.1, 0], [0.2, 0.2], [0.4, 0.1]),
      async (texts, [validation, test]) => {
        const store = memoryStore();
        const documents = await Promise.all(
          texts.map(async ({ words, label, cuts, of }, i): Promise<Document> => {
            const { bytes } = documentOf(words);
            const [from, to] = (cuts ?? []).map((at) => Math.min(at, bytes)).sort((a, b) => a - b);
            return {
              ...documentOf(words, undefined, await sha256Hex(`${i} ${words}`)),
              ...(of && { text: of, place: i }),
              ...(label && { fields: { label } }),
              ...(cuts && { spans: { answer: [from!, to!] } }),
            };
          }),
        );
        const settings = { validation, test, seed: 3, shardLength: 7 };
        const manifest = await buildShards(documents, bpe, settings, store, unwatched);
        expect(Object.keys(manifest.parts)).toEqual(
          test === 0 ? ['train', 'validation'] : ['train', 'validation', 'test'],
        );
        const encoder = new TextEncoder();
        const pieces = documents.map(() => [] as number[][]);
        for (const name of Object.keys(manifest.parts) as PartName[]) {
          const part = openPart(store, manifest, name, 0);
          const ids = [...(await part.read(0, part.tokens))];
          const borders = (await part.documents())!;
          let end = 0;
          for (const [i, { start, tokens, place, label, fields }] of borders.entries()) {
            // End-of-text tokens are only between documents.
            if (i > 0) expect(ids[end++]).toBe(bpe.endOfText);
            expect(start).toBe(end);
            const own = ids.slice(start, (end += tokens));
            expect(own.length).toBeGreaterThan(0);
            expect(own).not.toContain(bpe.endOfText);
            const bytes = own.flatMap((id) => [...bpe.bytes(id)]);
            pieces[place]!.push(bytes);
            expect(label).toBe(texts[place]!.label ?? null);
            const { spans } = documents[place]!;
            const [from, to] = fields['answer'] ?? [0, 0];
            const field = own.slice(from, to).flatMap((id) => [...bpe.bytes(id)]);
            if (!spans) expect(field).toEqual([]);
            else if (name === 'train' && bytes.length === documents[place]!.bytes) {
              // Rounded down to the start of a character.
              const whole = encoder.encode(texts[place]!.words);
              const down = (at: number): number => {
                let to = at;
                while (to > 0 && to < whole.length && (whole[to]! & 0xc0) === 0x80) to--;
                return to;
              };
              expect(field).toEqual([...whole.subarray(down(spans['answer']![0]), down(spans['answer']![1]))]);
            }
          }
          expect(ids).toHaveLength(end);
          expect(manifest.parts[name]!.documents).toBe(borders.length);
        }
        // A document's train, validation and test pieces concatenate to the document, without overlap.
        for (const [i, parts] of pieces.entries()) expect(parts.flat()).toEqual([...encoder.encode(texts[i]!.words)]);
      },
    ),
    { numRuns: propertyRuns(150) },
  );
});
