import { expect, test } from 'vitest';
import { initialValues } from '../../../base/field';
import { repeatedLines } from './repeatedLines';

const settings = { ...initialValues(repeatedLines.fields), documents: 3 };

/** Result for documents, each given as passages. */
async function cleaned(documents: readonly (readonly string[])[]) {
  const working = await repeatedLines.start(settings);
  for (const passages of documents) {
    const survey = working.survey!();
    for (const passage of passages) survey!.see(passage);
    survey!.end();
  }
  return documents.map((passages) => {
    const on = working.document({ title: '' });
    for (const passage of passages) on.see!(passage);
    return passages.map(on.changes!() ?? ((text) => ({ text, places: 0 })));
  });
}

test('removes a line that exceeds the document limit, ignoring numbers', async () => {
  const foot = (i: number) => `  Copyright ${1000 * i} by the Harbour Gazette\n`;
  const documents = [1, 2, 3, 4].map((i) => [`A tale of its own, number ${'x'.repeat(i)}\n${foot(i)}end ${i}\n`]);
  expect((await cleaned(documents))[3]).toEqual([
    { text: 'A tale of its own, number xxxx\nend 4\n', places: 1, characters: -foot(4).length },
  ]);
  const three = documents.slice(1);
  expect(await cleaned(three)).toEqual(three.map(([text]) => [{ text, places: 0 }]));
});

test('counts each line once per document, in any number of passages', async () => {
  const line = 'This line is said again and again.\n';
  const documents = [[line.repeat(3), line.repeat(3)], [line], ['Another.\n']];
  expect(await cleaned(documents)).toEqual(documents.map((each) => each.map((text) => ({ text, places: 0 }))));
});

test('keeps the first copy of a line that a document repeats too often', async () => {
  const line = 'This line is said again and again.\n';
  const [changed] = await cleaned([['Once upon a time, there was\n', line.repeat(6), line.repeat(5)]]);
  expect(changed!.map(({ text }) => text)).toEqual(['Once upon a time, there was\n', line, '']);
  expect(changed!.map(({ places }) => places)).toEqual([0, 5, 5]);
});

test('keeps short lines and lines without letters', async () => {
  const text = `Amen.\n${'* '.repeat(20)}\n1, 2, 3, 4, 5, 6, 7, 8, 9, 10\n`;
  const documents = Array.from({ length: 5 }, () => [text]);
  expect((await cleaned(documents))[0]).toEqual([{ text, places: 0 }]);
});

test('confuses no lines of 50,000 documents', async () => {
  const documents = Array.from({ length: 50_000 }, (_, i) => {
    const word = i.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);
    return [`Of all the lines there is one ${word}\nand here we have one more, ${word}\n`];
  });
  const changed = await cleaned(documents);
  expect(changed.filter(([passage]) => passage!.places > 0)).toEqual([]);
});
