import { expect, test } from 'vitest';
import { initialValues } from '../../../base/field';
import { pageHeads } from './pageHeads';

/** @param passages of one document */
async function cleaned(...passages: readonly string[]): Promise<string> {
  const on = (await pageHeads.start(initialValues(pageHeads.fields))).document({ title: '' });
  for (const passage of passages) on.see!(passage);
  const change = on.changes!();
  return passages.map((passage) => change?.(passage).text ?? passage).join('');
}
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
/** Lines that are complete sentences. */
const body = (page: number, lines: number) =>
  range(lines).map((i) => `Line ${'abcdefgh'[page % 8]}${i}, of page ${page}.`);
const joined = (pages: readonly (readonly string[])[], by: string) =>
  pages.map((page) => `${page.join('\n')}\n`).join(by);

test('removes headers of left and right pages, footers and Roman page numbers, despite a page without', async () => {
  const numbers = ['v', 'vi', 'vii', 'viii', 'ix', '10', '11', '12', '13', '14', '15', '16'];
  const page = (i: number) => ({
    head: i === 6 ? [] : [i % 2 === 0 ? `${numbers[i]}   THE HARBOUR GAZETTE` : `SATURDAY, DECEMBER ${i}, 1861.`, ''],
    foot: ['', numbers[i]!, 'Printed at the Harbour.'],
  });
  const pages = range(12).map((i) => [...page(i).head, ...body(i, 40), ...page(i).foot]);
  const text = await cleaned(joined(pages, '\f'));
  expect(text).not.toMatch(/GAZETTE|SATURDAY|Printed|^[vix\d]+$/m);
  for (const i of range(12)) for (const line of body(i, 40)) expect(text).toContain(line);
});

test('keeps lines on few pages or on distant pages', async () => {
  const pages = range(40).map((i) => [
    ...(i % 8 === 0 ? ['Yes, sir.'] : []),
    ...body(i, 30).map((line) => `${line} ${'x'.repeat(i)}`),
  ]);
  const text = joined(pages, '\f');
  expect(await cleaned(text)).toBe(text);
  const few = joined(
    range(4).map((i) => ['THE GAZETTE', ...body(i, 30)]),
    '\f',
  );
  expect(await cleaned(few)).toBe(few);
});

test('finds page borders by page numbers without form feeds, and removes repeated lines next to them', async () => {
  const pages = range(8).map((i) => [...body(i, 38 + (i % 3)), '', String(i + 101), '', 'THE GAZETTE', '']);
  const text = await cleaned(...pages.map((page) => `${page.join('\n')}\n`));
  expect(text).not.toMatch(/GAZETTE|^\d+$/m);
  for (const i of range(8)) for (const line of body(i, 38)) expect(text).toContain(line);
});

test('chapters, sonnets and lists keep their numbers', async () => {
  const chapters = joined(
    range(12).map((i) => [`CHAPTER ${i + 1}`, '', ...body(i, 60 + ((i * 97) % 240))]),
    '\n',
  );
  expect(await cleaned(chapters)).toBe(chapters);
  const sonnets = joined(
    range(30).map((i) => [String(i + 1), '', ...body(i, 14)]),
    '\n',
  );
  expect(await cleaned(sonnets)).toBe(sonnets);
  const list = range(200)
    .map((i) => `${i + 1}. ${'abcdefgh'[i % 8]}\n`)
    .join('');
  expect(await cleaned(list)).toBe(list);
});

test('joins a sentence across a border, but not one that ends there', async () => {
  const pages = range(6).map((i) => [
    `${i + 1}`,
    '',
    `and thus ${'abcdef'[i]} went on`,
    ...body(i, 30),
    i % 2 ? 'They said so.' : 'and then they grati-',
  ]);
  const lines = (await cleaned(joined(pages, '\n\f'))).split('\n');
  const after = (line: string) => lines.flatMap((each, i) => (each === line ? [lines[i + 1]] : []));
  expect(after('and then they grati-')).toEqual(['b', 'd', 'f'].map((page) => `and thus ${page} went on`));
  expect(lines.filter((line) => line === '\f')).toHaveLength(2);
});
