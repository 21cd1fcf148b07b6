import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { unwatched } from '../../base/job';
import { collect, stream } from '../../../testing/texts';
import { importDrop } from '..';
import { cleanText } from './cleanText';
import { leftOutOf } from './cleaned';
import { Preview } from './preview';
import { type Recipe, stepOf } from './recipe';
import { MAX_SAMPLED_LENGTH, SAMPLE_BYTES, sampleOf } from './sample';
import { propertyRuns } from '../../../testing/propertyRuns';

async function imported(texts: readonly string[], ending = 'txt') {
  const store = memoryStore();
  const sources = texts.map((text, i) => {
    const bytes = new TextEncoder().encode(text);
    return { name: `d/${i}.${ending}`, size: bytes.length, stream: () => stream([bytes]) };
  });
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  return { store, text: text! };
}
const recipeOf = (...steps: Recipe['steps']): Recipe => ({ version: 1, name: 'own', steps, kept: [] });
const ALL = { step: null, at: 0 };

const STEPS = [
  stepOf('whiteSpace'),
  stepOf('lowerCase'),
  stepOf('repeatedLines', { documents: 1, least: 3 }),
  stepOf('length', { least: 12 }),
  stepOf('replace', { find: 'a', by: '' }),
  stepOf('numbers'),
];
const document = fc
  .array(fc.constantFrom('Call  me', 'Menu | Home', 'a', 'aa 12 a', '  ', 'Élan'), { minLength: 1, maxLength: 6 })
  .map((lines) => lines.join('\n'))
  .filter((text) => /\S/.test(text));

test('matches the result of cleaning, after any earlier previews', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(document, { minLength: 1, maxLength: 8 }),
      fc.array(fc.array(fc.constantFrom(...STEPS), { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (texts, recipes, keepsFirst) => {
        const { store, text } = await imported(texts);
        const sample = await sampleOf(store, [text], unwatched);
        const preview = new Preview(sample);
        for (const steps of recipes) {
          const recipe = { ...recipeOf(...steps), kept: keepsFirst ? [sample.documents[0]!.sha256] : [] };
          const previewed = await preview.of(recipe, ALL, unwatched);
          const cleaned = await cleanText(store, text, recipe, { at: 2 }, unwatched);
          const left = await collect(leftOutOf(store, cleaned));
          expect(previewed.out.map(({ place, reason, scores }) => ({ place, reason, scores }))).toEqual(
            left.map(({ place, reason, scores }) => ({ place, reason, scores })),
          );
          expect(previewed.left.documents).toBe(cleaned.text?.documents ?? 0);
          // Cleaning skips documents that are removed later, so it doesn't count their changes.
          expect(previewed.tallies.map(({ rule, out }) => ({ rule, out }))).toEqual(
            cleaned.tallies.map(({ rule, out }) => ({ rule, out })),
          );
          if (left.length > 0) continue;
          expect(previewed.tallies).toEqual(cleaned.tallies);
          expect(previewed.left.characters).toBe(cleaned.text!.characters);
        }
      },
    ),
    { numRuns: propertyRuns(60) },
  );
});

test('reruns only a changed step and the steps after it', async () => {
  const { store, text } = await imported(['Call  me', 'Some years  ago']);
  const preview = new Preview(await sampleOf(store, [text], unwatched));
  const first = await preview.of(recipeOf(stepOf('whiteSpace'), stepOf('lowerCase')), ALL, unwatched);
  const second = await preview.of(recipeOf(stepOf('whiteSpace'), stepOf('length', { least: 9 })), ALL, unwatched);
  expect(second.tallies[0]).toBe(first.tallies[0]);
  expect(second.out).toMatchObject([{ step: 1, place: 0, reason: '7 characters; the minimum is 9' }]);
  const kept = { ...recipeOf(stepOf('length', { least: 9 })), kept: [second.out[0]!.sha256] };
  expect((await preview.of(kept, ALL, unwatched)).out).toEqual([]);
});

test('previews each text on its own, as cleaning does', async () => {
  const store = memoryStore();
  const texts = await Promise.all(
    ['one', 'two'].map(async (name, i) => {
      const bytes = new TextEncoder().encode(`Subscribe to the Gazette\n${name}`);
      const source = { name: `${name}.txt`, size: bytes.length, stream: () => stream([bytes]) };
      return (await importDrop([source], store, { addedAt: i }, unwatched)).text!;
    }),
  );
  const preview = new Preview(await sampleOf(store, texts, unwatched));
  const previewed = await preview.of(recipeOf(stepOf('repeatedLines', { documents: 1 })), ALL, unwatched);
  expect(previewed.tallies).toMatchObject([{ places: 0 }]);
});

test('removes a pair with an emptied side, in the preview and in the cleaned text', async () => {
  const store = memoryStore();
  const bytes = new TextEncoder().encode('input,target\n12,twelve\nten,ten\n');
  const table = { format: 'csv', columns: null } as const;
  const source = { name: 'pairs.csv', size: bytes.length, stream: () => stream([bytes]), table };
  const { text } = await importDrop([source], store, { addedAt: 1 }, unwatched);
  const recipe = recipeOf(stepOf('replace', { find: '12', by: '' }));
  const previewed = await new Preview(await sampleOf(store, [text!], unwatched)).of(recipe, ALL, unwatched);
  expect(previewed.out).toMatchObject([{ place: 0, step: null, reason: 'no text remains' }]);
  expect(await cleanText(store, text!, recipe, { at: 2 }, unwatched)).toMatchObject({
    left: 1,
    text: { documents: 1 },
  });
});

test('marks the changes of one step or of all', async () => {
  const { store, text } = await imported(['Nothing here', 'Call  me  Ishmael']);
  const preview = new Preview(await sampleOf(store, [text], unwatched));
  const recipe = recipeOf(stepOf('whiteSpace'), stepOf('lowerCase'));
  const { shown } = await preview.of(recipe, { step: 0, at: 0 }, unwatched);
  expect(shown).toMatchObject({ place: 1, at: 0, of: 1, charactersBefore: 17, charactersAfter: 15 });
  expect(shown!.before.filter(({ isChanged }) => isChanged).map((piece) => piece.text)).toEqual(['  ', '  ']);
  const all = (await preview.of(recipe, { step: null, at: 1 }, unwatched)).shown!;
  expect([all.at, all.of, all.place]).toEqual([1, 2, 1]);
  expect(all.after.map((piece) => piece.text).join('')).toBe('call me ishmael');
  const measured = await preview.of(recipeOf(stepOf('length', { least: 0 })), { step: 0, at: 0 }, unwatched);
  expect(measured.measured.scores['characters']!.values).toEqual([12, 17]);
});

test('samples documents evenly, and only the beginning of a long one', async () => {
  const short = Array.from({ length: 3000 }, (_, i) => `${i} ${'word '.repeat(200)}`);
  const { store, text } = await imported([...short, 'line\n'.repeat(MAX_SAMPLED_LENGTH)]);
  const { documents, of } = await sampleOf(store, [text], unwatched);
  expect(of.documents).toBe(3001);
  const places = documents.map(({ place }) => place);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  const gaps = places.slice(1).map((place, i) => place - places[i]!);
  expect(Math.max(...gaps)).toBeLessThan(10);
  const units = documents.flatMap(({ passages }) => passages.map(({ length }) => length));
  expect(units.reduce((sum, length) => sum + length)).toBeLessThanOrEqual(SAMPLE_BYTES);
  expect(Math.max(...units)).toBeLessThanOrEqual(MAX_SAMPLED_LENGTH);
});

test('samples whole pairs', async () => {
  const store = memoryStore();
  const bytes = new TextEncoder().encode('input,target\none,two\nthree,four\n');
  const table = { format: 'csv' as const, columns: { input: 'input', target: 'target' } };
  const source = { name: 'pairs.csv', size: bytes.length, stream: () => stream([bytes]), table };
  const { text } = await importDrop([source], store, { addedAt: 1 }, unwatched);
  const { of, seen } = await new Preview(await sampleOf(store, [text!], unwatched)).of(recipeOf(), ALL, unwatched);
  expect(of).toEqual({ documents: 2, characters: text!.characters });
  expect(seen).toEqual(of);
});

test("only the user's own replacements change a program, and the preview marks it as one", async () => {
  const { store, text } = await imported(['def  f():\n    return  teh\n'], 'py');
  const preview = new Preview(await sampleOf(store, [text], unwatched));
  const prose = await preview.of(recipeOf(stepOf('whiteSpace'), stepOf('numbers')), ALL, unwatched);
  expect(prose.shown).toMatchObject({ isProgram: true, of: 0 });
  const mend = recipeOf(stepOf('whiteSpace'), stepOf('replace', { find: 'teh', by: 'the', isWord: true }));
  expect((await preview.of(mend, ALL, unwatched)).tallies.map(({ places }) => places)).toEqual([0, 1]);
});
