/** Hostile tokenizer.json files: any content is rejected with a message or gives ids, with bounded memory and time. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { MAX_TOKENIZER_ENTRIES } from '../base/limits';
import { unigram, wordPiece } from '../../testing/appliedTokenizers';
import { documentOf } from '../../testing/texts';
import { createTokenizer } from './byteLevel';
import { writeTokenizerJson } from './json';
import { readAnyTokenizerJson, readTokenizerJson } from './readJson';
import { trainTokenizer } from './train';
import { propertyRuns } from '../../testing/propertyRuns';

const TEXT = 'the theme of these thistles, unwanted abc 10 100 é';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const deep = (before: string, after: string): string => before.repeat(20_000) + after.repeat(20_000);

let bpe: string;
beforeAll(async () => {
  const model = await trainTokenizer({ kind: 'bpe', vocabulary: 270 }, [documentOf(TEXT.repeat(3))], unwatched);
  bpe = writeTokenizerJson(await createTokenizer(model));
});

/** Reason why a file is rejected; undefined if it gives ids. */
async function refusal(json: string, rows?: number): Promise<string | undefined> {
  try {
    const model =
      rows === undefined ? readTokenizerJson(utf8(json)) : readAnyTokenizerJson(utf8(json), undefined, rows);
    const tokenizer = await createTokenizer(model);
    expect(Math.max(...tokenizer.encode(TEXT))).toBeLessThan(tokenizer.size);
    return undefined;
  } catch (error) {
    if (!(error instanceof HomegrownError) || error.code !== 'bad-file') throw error;
    expect(error.remedy).toBeTruthy();
    return error.message;
  }
}

/** JSON values: of other types, at their limits, and nested too deeply for a stack. */
const values = fc.constantFrom(
  ...['null', 'true', '-1', '0.5', '7', '1e9', '2147483648', '9007199254740993', '1e400', '""', '"a"', '"[UNK]"'],
  ...['"\\ud800"', '[]', '[[]]', '{}', '{"__proto__":1}', `"${'x'.repeat(100_000)}"`, `[${'0,'.repeat(50_000)}0]`],
  deep('[', ']'),
  deep('{"type":"Sequence","normalizers":[', ']}'),
  deep('{"type":"Sequence","pretokenizers":[', ']}'),
  deep('{"type":"Sequence","processors":[', ']}'),
);

/** Paths of all places in a value. */
function placesIn(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const keys = Array.isArray(value) ? [...value.keys()].slice(0, 4) : Object.keys(value).slice(-20);
  return [[], ...keys.flatMap((key) => placesIn((value as never)[key]).map((rest) => [key, ...rest]))];
}
function replaced(json: string, [key, ...rest]: readonly (string | number)[], by: string): string {
  const set = (value: unknown, path: readonly (string | number)[]): unknown => {
    const [first, ...others] = path;
    if (first === undefined) return '\0';
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as never;
    Object.assign(copy, { [first]: set(copy[first], others) });
    return copy;
  };
  return key === undefined ? by : JSON.stringify(set(JSON.parse(json), [key, ...rest])).replace('"\\u0000"', () => by);
}

describe('any value anywhere in the file of', () => {
  it.each([
    ['pairs of bytes', () => bpe, undefined],
    ['pairs of bytes, beside a model', () => bpe, 271],
    ['WordPiece', () => JSON.stringify(wordPiece), 24],
    ['Unigram', () => JSON.stringify(unigram), 19],
  ] as const)('%s', { timeout: 120_000 }, async (_, file, rows) => {
    const json = file();
    const places = placesIn(JSON.parse(json));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), values, async (place, value) => {
        const begin = performance.now();
        await refusal(replaced(json, place, value), rows);
        expect(performance.now() - begin).toBeLessThan(5000);
      }),
      { numRuns: propertyRuns(150) },
    );
  });
});

test('rejects an id beyond all rows, and a token without a text, before allocating memory', async () => {
  const adding = (token: object): string => replaced(bpe, ['added_tokens', 1], JSON.stringify(token));
  for (const id of [MAX_TOKENIZER_ENTRIES + 1, 1e9, 2 ** 31, 2 ** 52])
    expect(await refusal(adding({ id, content: '<far>' }))).toMatch(/added_tokens\.1\.id/);
  expect(await refusal(adding({ id: 900, content: '' }))).toMatch(/has a special token without a text/);
  // Overlapping texts are harmless, because no text is searched for them.
  expect(await refusal(adding({ id: 900, content: '<|endoftext|>x' }))).toBeUndefined();
});

test('rejects more than a million tokens or merges by their number', async () => {
  const many = `[${'0,'.repeat(MAX_TOKENIZER_ENTRIES)}0]`;
  for (const place of ['vocab', 'merges'])
    expect(await refusal(replaced(bpe, ['model', place], many))).toMatch(/(at most|the maximum is) 1048576/);
});
