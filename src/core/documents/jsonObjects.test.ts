import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { collect, stream } from '../../testing/texts';
import { utf8 } from '../../testing/readDocuments';
import { allOf } from './badRows';
import { jsonObjects } from './jsonObjects';
import { propertyRuns } from '../../testing/propertyRuns';

const read = (text: string | Uint8Array, piece = 3) => {
  const bytes = typeof text === 'string' ? utf8(text) : text;
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
    bytes.slice(i * piece, (i + 1) * piece),
  );
  const file = { name: 'chats.jsonl', bytes: stream(pieces), note: () => undefined };
  return collect(allOf(file.name, jsonObjects(file)));
};
const object = fc.dictionary(fc.string(), fc.jsonValue());

describe('objects', () => {
  it('are read from lines and from a list, however the file is split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(object), fc.integer({ min: 1, max: 30 }), async (all, piece) => {
        const given = JSON.parse(JSON.stringify(all)) as object[];
        const lines = await read(given.map((one) => `${JSON.stringify(one)}\r\n\n`).join(''), piece);
        expect(lines.map(({ value }) => value)).toEqual(given);
        expect(lines.map(({ place }) => place)).toEqual(given.map((_, i) => `line ${2 * i + 1}`));
        const list = await read(`\ufeff \n${JSON.stringify(given, null, 1)}`, piece);
        expect(list.map(({ value }) => value)).toEqual(given);
        expect(list.map(({ place }) => place)).toEqual(given.map((_, i) => `object ${i + 1}`));
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  it('may be in UTF-16', async () => {
    const text = '\ufeff[{"a": "é"}]';
    const bytes = Uint8Array.from(text, () => 0).length;
    const wide = new Uint8Array(2 * bytes);
    for (let i = 0; i < bytes; i++) wide.set([text.charCodeAt(i) & 255, text.charCodeAt(i) >> 8], 2 * i);
    expect(await read(wide)).toEqual([{ line: 1, place: 'object 1', value: { a: 'é' } }]);
  });

  it('are absent from an empty file', async () => {
    expect(await read('')).toEqual([]);
    expect(await read(' \n')).toEqual([]);
    expect(await read('[]')).toEqual([]);
  });
});

test.each([
  ['{"a": 1}\n{"a": ', 'chats.jsonl: line 2 isn\'t a JSON object: "{\\"a\\":".'],
  ['{"a": 1}\n\n[1]\n', 'chats.jsonl: line 3 isn\'t a JSON object: "[1]".'],
  ['{\n  "a": 1\n}', 'chats.jsonl: line 1 isn\'t a JSON object: "{".'],
  ['[{"a": 1}, 3]', "chats.jsonl: object 2 isn't a JSON object: 3."],
  ['[{"a": 1}, null]', "object 2 isn't a JSON object: null."],
  ['[{"a": 1},', 'chats.jsonl is not JSON: '],
])('reports %j with its place', async (text, words) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(words) as string,
  });
});
