/** A folder with files of every format: read one by one and all at once. */
import { expect, test } from 'vitest';
import { dropped, readDrop } from '../../testing/drops';
import { EVERY_FORMAT, EVERYTHING } from '../../testing/everyFormat';
import { FORMATS } from './formats';
import { ownFiles } from './savedPages';

const sources = (files: Readonly<Record<string, string | Uint8Array>>) =>
  ownFiles(Object.entries(files).map(([path, content]) => dropped(path, content))).own;

test.each(Object.entries(EVERY_FORMAT))('%s', async (_, { files, titles }) => {
  const { documents, reasons } = await readDrop(...sources(files));
  expect(reasons).toEqual([]);
  expect(documents.map(({ title }) => title)).toEqual(titles);
});

test('imports a folder with files of every format as one text', async () => {
  const { name, documents, formats, reasons } = await readDrop(...sources(EVERYTHING));
  expect([name, reasons]).toEqual(['everything', []]);
  const titles = Object.values(EVERY_FORMAT).flatMap((each) => each.titles);
  expect(documents.map(({ title }) => title).sort()).toEqual([...titles].sort());
  // Archives aren't formats of documents.
  const wanted = Object.keys(FORMATS).filter((id) => !['zip', 'tar', 'gz', 'bz2'].includes(id));
  expect([...formats].sort()).toEqual(wanted.sort());
});
