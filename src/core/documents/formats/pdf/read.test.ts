/** PDFs: the text of their pages in reading order. */
import { describe, expect, it, test } from 'vitest';
import { type Placed, pdfOf } from '../../../../testing/pdf';
import { collect, stream } from '../../../../testing/texts';
import { documents } from './read';
import { linesOf, type Run } from './layout';
import type { FoundDocument } from '../format';

async function read(bytes: Uint8Array) {
  const notes: string[] = [];
  const file = { name: 'a.pdf', bytes: stream([bytes]), note: (words: string) => void notes.push(words) };
  return { found: await collect<FoundDocument>(documents(file)), notes };
}
const column = (x: number, from: number, lines: readonly string[], gap = 12): Placed[] =>
  lines.map((text, i) => ({ text, x, y: from - i * gap }));
const LEFT = [
  'The whale came up beside the boat, and nobody',
  'said a word, for it was very near to all of us, and',
  'the old man stood in the bow and held his har-',
  'poon as high as he could hold it in the wind. It',
  'was over soon.',
];
const RIGHT = [
  'A second column begins here, which is read after',
  'the first one, from its top to its end, and tells of',
  'a well-known ship that sailed around the world in',
  'a year and a day, with a crew that was well-',
  'known in every harbour.',
];

test('reads columns one after another below a spanning line, joins lines, and rejoins split words', async () => {
  const page = [
    { text: 'Loomings, or what was seen on the way around the whole world', x: 60, y: 740, size: 16 },
    // Stored row by row, as by some programs.
    ...column(60, 700, LEFT).flatMap((each, i) => [each, column(320, 700, RIGHT)[i]!]),
  ];
  const { found, notes } = await read(
    pdfOf([page], '/Title (The \\(white\\) whale) /CreationDate (D:18511018120000Z)'),
  );
  expect(notes).toEqual([]);
  expect(found).toEqual([
    {
      title: 'The (white) whale',
      fields: { date: '1851-10-18', language: 'en' },
      text: [
        'Loomings, or what was seen on the way around the whole world',
        'The whale came up beside the boat, and nobody said a word, for it was very near to all of us, and the old man stood in the bow and held his harpoon as high as he could hold it in the wind. It was over soon.',
        'A second column begins here, which is read after the first one, from its top to its end, and tells of a well-known ship that sailed around the world in a year and a day, with a crew that was well-known in every harbour.',
      ].join('\n'),
    },
  ]);
});

describe('columns', () => {
  const lines = (columns: number) =>
    Array.from({ length: columns }, (_, n) => Array.from({ length: 12 }, (_, i) => `column ${n} has its line ${i}`));
  const textOf = async (placed: Placed[]) => (await read(pdfOf([placed]))).found[0]!.text.replaceAll('\n', ' ');

  it.each([2, 3, 4])(
    'are read one after another if there are %s of them, also next to the number of a page',
    async (n) => {
      const page = lines(n).flatMap((each, i) => column(40 + i * (500 / n), 700, each));
      const byRows = page.toSorted((a, b) => b.y - a.y);
      expect(await textOf(byRows)).toBe(lines(n).flat().join(' '));
      const number = { text: '17', x: 570, y: 30 };
      expect(await textOf([...byRows, number])).toBe(`${lines(n).flat().join(' ')} 17`);
    },
  );

  it('may be as close as the width of a letter', async () => {
    // Each of these lines is 98.9 points long.
    const page = lines(2).flatMap((each, i) => column(40 + i * 109, 700, each));
    expect(await textOf(page)).toBe(lines(2).flat().join(' '));
  });
});

describe('spaces as wide as gutters', () => {
  const run = (text: string, x: number, y: number, width: number): Run => ({ text, x, y, width, size: 11 });
  const textOf = (runs: readonly Run[]): string[] =>
    linesOf(runs).flatMap((block) => block.map(({ text }) => text.trim().replaceAll('\t', '|')));
  /** Lines of 150 points. */
  const filled = (x: number, words: string, lines = 5): Run[] =>
    Array.from({ length: lines }, (_, i) => run(`${words} has its line of words ${i}`, x, 700 - 12 * i, 150));

  it('are spaces if words are evenly spaced and fill a line of their column', () => {
    const justified = (x: number, y: number): Run[] => [
      run('prophecy', x, y, 45),
      run(' ', x + 45, y, 25),
      run('of', x + 70, y, 10),
      run(' ', x + 80, y, 25),
      run('whatever', x + 105, y, 45),
    ];
    const page = ['one', 'two', 'three'].flatMap((words, i) => [
      ...filled(56 + 165 * i, words),
      ...justified(56 + 165 * i, 640),
      run('unaccountably', 56 + 165 * i, 628, 60),
      run('become', 56 + 165 * i + 110, 628, 40),
    ]);
    const said = (words: string): string[] => [
      ...Array.from({ length: 5 }, (_, i) => `${words} has its line of words ${i}`),
      'prophecy of whatever',
      'unaccountably become',
    ];
    expect(textOf(page)).toEqual(['one', 'two', 'three'].flatMap(said));
  });

  it('separate cells if they are uneven, or do not fill the line', () => {
    const row = (...cells: (readonly [string, number])[]): Run[] => cells.map(([text, x]) => run(text, x, 600, 30));
    const page = filled(56, 'one');
    expect(textOf([...page, ...row(['Ship', 56], ['Men', 100], ['Boats', 176])]).at(-1)).toBe('Ship|Men|Boats');
    expect(textOf([...page, ...row(['Ship', 56], ['Men', 110], ['Boats', 164])]).at(-1)).toBe('Ship|Men|Boats');
  });
});

test('keeps the rows of a table, and removes running headers and footers', async () => {
  const rows = ['Ship', 'Pequod', 'Rachel', 'Bachelor', 'Jeroboam', 'Delight'];
  const pages = [1, 2, 3, 4].map((number) => [
    { text: `Moby Dick, page ${number} of 4`, x: 200, y: 770 },
    ...column(60, 700, number === 1 ? rows : [`What is on page ${'abcd'[number - 1]}`]),
    ...(number === 1 ? column(400, 700, ['Men', '30', '31', '32', '33', '34']) : []),
    { text: `${number}`, x: 300, y: 30 },
  ]);
  const { found } = await read(pdfOf(pages));
  expect(found[0]!.text).toBe(
    'Ship\tMen\nPequod\t30\nRachel\t31\nBachelor\t32\nJeroboam\t33\nDelight\t34\nWhat is on page b\nWhat is on page c\nWhat is on page d',
  );
});

test('counts and lists pages without text, and refuses a PDF without any text', async () => {
  const words = { text: 'Call me Ishmael.', x: 60, y: 700 };
  const { found, notes } = await read(pdfOf([[words], [], [words], []]));
  expect(found).toHaveLength(1);
  expect(notes).toEqual(['2 pages (2 and 4) of 4 have no text, as in a scan']);
  await expect(read(pdfOf([[], []]))).rejects.toMatchObject({
    code: 'bad-file',
    message: 'a.pdf has no text on any of its 2 pages, as in a scan.',
    remedy: expect.stringMatching(/text recognition/) as string,
  });
  await expect(read(new TextEncoder().encode('Call me Ishmael.'))).rejects.toThrow(/^a\.pdf can't be read as a PDF/);
});

test('leaves no globals behind', () => {
  for (const name of ['window', 'DOMMatrix', 'Path2D', 'self']) expect(globalThis).not.toHaveProperty(name);
});
