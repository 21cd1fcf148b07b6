/** Text in legacy encodings: encodings are proposed, never applied silently; only the chosen one is used. */
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { charactersOf, encoded } from '../../testing/encoded';
import { collect, stream } from '../../testing/texts';
import { importDrop, lookAtTable, openText, proposalsFor, type TextSource } from '.';
import { decodeText } from './decode';
import { type EncodingId, encodingName, ENCODINGS, proposalsOf, nonAsciiSample } from './encodings';
import { propertyRuns } from '../../testing/propertyRuns';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (name: string, bytes: Uint8Array, encoding?: EncodingId): TextSource => ({
  name,
  size: bytes.length,
  stream: () => stream([bytes]),
  ...(encoding && { reading: { encoding } }),
});
async function read(...files: TextSource[]) {
  const store = memoryStore();
  const { text, refused } = await importDrop(files, store, { addedAt: 1 }, unwatched);
  const documents = text ? await openText(store, text.id) : [];
  const texts = await Promise.all(documents.map(async ({ chunks }) => (await collect(chunks())).join('')));
  const errors = refused.map(({ name, error: { code, message, remedy } }) => ({ name, code, message, remedy }));
  return { texts, errors, notes: text?.notes ?? [], hash: text?.sha256 };
}

const LETTERS: readonly [EncodingId, string][] = [
  ['windows-1252', 'Le café était fermé, et l’été déjà passé. Où étiez-vous, mon élève ?'],
  ['windows-1252', 'Die Straße wäre schön, sagte der müde Wächter, und öffnete die Tür.'],
  ['windows-1250', 'Zażółć gęślą jaźń. Następnego ranka świeciło słońce, więc wyszliśmy z domu.'],
  ['windows-1251', 'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.'],
  ['koi8-r', 'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.'],
  ['windows-1253', 'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.'],
  ['windows-1255', 'כל בני אדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.'],
  ['windows-1256', 'يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا.'],
  ['shift_jis', 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。'],
  ['euc-jp', 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。'],
  ['gb18030', '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。'],
  ['big5', '人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。'],
  ['euc-kr', '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.'],
];

test.each(LETTERS)('proposes %s among the first three for its text: %s', async (encoding, text) => {
  const whole = `Some ASCII first.\n${`${text}\n`.repeat(4)}`;
  const bytes = encoded(whole, encoding);
  const proposals = await proposalsOf(await nonAsciiSample(stream([bytes])));
  const right = proposals.findIndex(({ lines }) =>
    lines.every((line) => text.startsWith(line.replace(/…$/, '').trim())),
  );
  expect([0, 1, 2]).toContain(right);
  // Each proposal gives a different text.
  const wholes = proposals.map((each) => new TextDecoder(each.encoding).decode(bytes, { stream: true }));
  expect(new Set(wholes).size).toBe(proposals.length);

  const refused = await read(file('old.txt', bytes));
  expect(refused).toMatchObject({ texts: [], errors: [{ name: 'old.txt', code: 'bad-encoding' }] });
  expect(refused.errors[0]!.message).toMatch(/^old\.txt is not valid UTF-8: bytes [0-9A-F ]+ at byte \d+, after "/);
  const proposed = proposals[right]!.encoding;
  expect(refused.errors[0]!.remedy).toContain(`${proposed} (“`);

  expect(await read(file('old.txt', bytes, proposed))).toMatchObject({
    texts: [whole],
    errors: [],
    notes: [`Converted from ${ENCODINGS[proposed]} to UTF-8`],
  });
});

test('proposes the most common of several encodings that give the same sample', async () => {
  const proposals = await proposalsOf(await nonAsciiSample(stream([encoded('Un café noir.', 'windows-1252')])));
  const right = proposals.filter(({ lines }) => lines[0] === 'Un café noir.');
  expect(right.map(({ encoding }) => encoding)).toEqual(['windows-1252']);
});

const IDS = (Object.keys(ENCODINGS) as EncodingId[]).filter((id) => !id.startsWith('utf-16'));
test.each(IDS)('%s has the same name in the question about a file and in the note', (encoding) => {
  expect(ENCODINGS[encoding]).toMatch(new RegExp(`, ${encodingName(encoding)}$`));
});

test.each(IDS)('%s is decoded correctly, wherever the chunks end', async (encoding) => {
  const characters = charactersOf(encoding);
  expect(characters.length).toBeGreaterThan(180);
  const text = fc.array(fc.constantFrom(...characters), { maxLength: 900 }).map((all) => all.join(''));
  const cuts = fc.array(fc.nat({ max: 1800 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(text, cuts, async (random, where) => {
      const bytes = encoded(`${'x'.repeat(300)}${random}`, encoding);
      const ends = [...where.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
      const chunks = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
      const pieces = await collect(decodeText({ name: 'a', bytes: stream(chunks), note: () => undefined, encoding }));
      // Streamed, because in one piece Node 20 decodes Windows-1252 as Latin 1.
      expect(pieces.map(({ text }) => text).join('')).toBe(new TextDecoder(encoding).decode(bytes, { stream: true }));
    }),
    { numRuns: propertyRuns(20) },
  );
});

test('reads any bytes in the chosen encoding, or refuses them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 700 }),
      fc.constantFrom(...IDS),
      async (random, encoding) => {
        const bytes = Uint8Array.of(...utf8('x'.repeat(100)), ...random);
        const { texts, errors } = await read(file('old', bytes, encoding));
        expect(texts.length + errors.length).toBe(1);
        for (const { code, remedy } of errors) {
          expect(['bad-encoding', 'bad-file']).toContain(code);
          expect(remedy).toBeTruthy();
        }
        await proposalsOf(await nonAsciiSample(stream([random])));
      },
    ),
    { numRuns: propertyRuns(150) },
  );
});

describe('a chosen encoding', () => {
  const CAFE = encoded('Un café noir.', 'windows-1252');

  it('leaves files in UTF-8 unchanged', async () => {
    const found = await read(
      file('new.txt', utf8('Один кофе.'), 'windows-1252'),
      file('old.txt', CAFE, 'windows-1252'),
    );
    expect(found).toMatchObject({ texts: ['Один кофе.', 'Un café noir.'], errors: [] });
  });

  it('applies in an archive, and to text that ends inside a UTF-8 character', async () => {
    const end = encoded('Un café', 'windows-1252');
    const bytes = zipSync({ 'a.txt': CAFE, 'b.txt': utf8('Du thé.'), 'c.txt': end });
    const refused = await read(file('all.zip', bytes));
    expect(refused.texts).toEqual(['Du thé.']);
    expect(refused.errors.map(({ name, code }) => [name, code])).toEqual([
      ['all.zip/a.txt', 'bad-encoding'],
      ['all.zip/c.txt', 'bad-encoding'],
    ]);
    const [a, c] = await proposalsFor(file('all.zip', bytes), ['all.zip/a.txt', 'all.zip/c.txt']);
    expect(a).toContainEqual({ encoding: 'windows-1252', lines: ['Un café noir.'] });
    expect(c).toContainEqual({ encoding: 'windows-1252', lines: ['Un café'] });
    expect((await read(file('all.zip', bytes, 'windows-1252'))).texts).toEqual(['Un café noir.', 'Du thé.', 'Un café']);
  });

  it('applies to tables and pages, and overrides the declared encoding of a page', async () => {
    const table = encoded('question,answer\nQui a bu le café,moi\n', 'windows-1252');
    await expect(lookAtTable(file('a.csv', table), 'csv')).rejects.toMatchObject({ code: 'bad-encoding' });
    expect(await lookAtTable(file('a.csv', table, 'windows-1252'), 'csv')).toMatchObject({
      rows: [['Qui a bu le café', 'moi']],
    });
    const page = encoded('<meta charset="utf-8"><p>Un café noir et un thé vert.</p>', 'windows-1252');
    expect((await read(file('a.html', page))).errors).toMatchObject([{ code: 'bad-encoding' }]);
    expect((await read(file('a.html', page, 'windows-1252'))).texts).toEqual(['Un café noir et un thé vert.']);
  });

  it('applies to UTF-16 without a byte order mark', async () => {
    const bytes = Uint8Array.from(Array.from('Call me Ishmael. Some years ago.').flatMap((c) => [0, c.charCodeAt(0)]));
    expect((await read(file('a.txt', bytes))).errors[0]).toMatchObject({
      code: 'bad-encoding',
      remedy: expect.stringContaining('utf-16be (“Call me Ishmael. Some years ago.”)') as string,
    });
    expect((await read(file('a.txt', bytes, 'utf-16be'))).texts).toEqual(['Call me Ishmael. Some years ago.']);
  });

  it('makes the same bytes in two encodings two texts', async () => {
    const bytes = encoded('Привет', 'koi8-r');
    const [one, other] = [await read(file('a.txt', bytes, 'koi8-r')), await read(file('a.txt', bytes, 'windows-1251'))];
    expect(one.texts).toEqual(['Привет']);
    expect(one.hash).not.toBe(other.hash);
  });
});

test('proposes no encoding for bytes that are invalid in all, and reports that', async () => {
  const bytes = Uint8Array.of(...utf8('abc '), 0x81, 0xff, 0x81, 0xff, 0x80, 0xff);
  const { errors } = await read(file('a.txt', bytes, 'euc-kr'));
  expect(errors[0]!.message).toMatch(/^a\.txt is not Korean, EUC-KR, at byte 0 or the 10 after it/);
});

test('proposes no encoding for bytes that are text in none, such as a program', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 2000, maxLength: 4000 }), async (bytes) => {
      expect(await proposalsOf(await nonAsciiSample(stream([bytes])))).toEqual([]);
    }),
  );
});

test('proposes encodings despite a stray control character', async () => {
  const text = `${'Žluťoučký kůň pěl. '.repeat(4)}\u0001`;
  const proposed = await proposalsOf(encoded(text, 'windows-1250'));
  expect(proposed.map(({ encoding }) => encoding)).toContain('windows-1250');
});
