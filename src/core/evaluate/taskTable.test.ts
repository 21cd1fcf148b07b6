import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf } from '../base/csv';
import { FORMATS } from '../documents';
import { allOf } from '../documents/badRows';
import { stream } from '../../testing/texts';
import { areChoices, type TaskColumns, taskItems } from './taskTable';
import { propertyRuns } from '../../testing/propertyRuns';

const read = (text: string, columns?: TaskColumns) => {
  const file = { name: 'a.csv', bytes: stream([new TextEncoder().encode(text)]), note: () => undefined };
  return taskItems('a.csv', allOf('a.csv', FORMATS.csv.rows(file)), columns);
};

test('reads answers, and choices from one column or several, by usual or requested column names', async () => {
  expect(await read('n,Question,Target\n1,2 + 2 =,4\n')).toEqual([{ line: 2, prompt: '2 + 2 =', answer: '4' }]);
  expect(await read('prompt,choices,answer\nIt is, wet | dry ,dry\n')).toEqual([
    { line: 2, prompt: 'It is', choices: ['wet', 'dry'], right: 1 },
  ]);
  const several = 'prompt,choice 1,choice 2,choice 3,answer\nIt is,wet,dry,cold,2\nIt was,a,,b,choice 3\n';
  expect(await read(several)).toEqual([
    { line: 2, prompt: 'It is', choices: ['wet', 'dry', 'cold'], right: 1 },
    { line: 3, prompt: 'It was', choices: ['a', 'b'], right: 1 },
  ]);
  const asked = { prompt: 'text', answer: 'good', choices: ['good', 'bad'] };
  expect(await read('text,good,bad,answer\nIt,is,are,x\n', asked)).toEqual([
    { line: 2, prompt: 'It', choices: ['is', 'are'], right: 0 },
  ]);
});

test('matches the correct choice by text, else by number from 1, else by letter', async () => {
  const rightOf = async (choices: string, answer: string) => {
    const items = await read(
      csvOf([
        ['prompt', 'choices', 'answer'],
        ['x', choices, answer],
      ]),
    );
    return areChoices(items) ? items[0].right : null;
  };
  expect(await rightOf('3|4|1', '1')).toBe(2);
  expect(await rightOf('x|y|z', '1')).toBe(0);
  expect(await rightOf('x|y|z', 'C')).toBe(2);
  expect(await rightOf('b|a', 'a')).toBe(1);
  expect(await rightOf('no|yes', 'b')).toBe(1);
  await expect(rightOf('no|yes', '0')).rejects.toThrow('not one of its 2 choices');
  await expect(rightOf('no|yes', '3')).rejects.toThrow('not one of its 2 choices');
});

test.each([
  ['prompt,answer\n', /^a\.csv has no rows\.$/],
  ['text,answer\na,b\n', /^a\.csv has no prompt column\. It has text, answer\.$/],
  ['prompt,gold\na,b\n', /^a\.csv has no answer column\. It has prompt, gold\.$/],
  ['prompt,answer\na,b\n ,c\n', /^Line 3 of a\.csv has no value in prompt\.$/],
  ['prompt,answer\na,\n', /^Line 2 of a\.csv has no value in answer\.$/],
  ['prompt,choices,answer\na,b,b\n', /^Line 2 of a\.csv has one choice, "b"\.$/],
  ['prompt,choices,answer\na,|,b\n', /^Line 2 of a\.csv has no choices\.$/],
  ['prompt,choices,answer\na,b|b,b\n', /^Line 2 of a\.csv has the choice "b" twice\.$/],
  [
    'prompt,choices,answer\na,b|c,d|e\n',
    /^Line 2 of a\.csv has "d\|e" in answer, which is not one of its 2 choices\.$/,
  ],
])('rejects %j with the line and a fix', async (text, message) => {
  const refused = read(text);
  await expect(refused).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(message) as string });
  await expect(refused).rejects.toHaveProperty('remedy');
});

test('rejects a requested column that is missing', async () => {
  const asked = read('prompt,answer\na,b\n', { choices: ['prompt', 'other'] });
  await expect(asked).rejects.toThrow('a.csv has no column "other". It has prompt, answer.');
});

test('finds the correct choice among any choices, and leaves them unchanged', async () => {
  const choice = fc
    .string({ minLength: 1, unit: 'binary' })
    .filter((text) => text.trim() === text && !text.includes('|'));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(choice, { minLength: 2, maxLength: 6 }), fc.nat(), async (choices, n) => {
      const right = n % choices.length;
      const cells = { prompt: 'p', choices: choices.join('|'), answer: choices[right]! };
      const rows = stream([{ line: 2, cells: new Map(Object.entries(cells)) }]);
      expect(await taskItems('a.csv', rows)).toEqual([{ line: 2, prompt: 'p', choices, right }]);
    }),
    { numRuns: propertyRuns(60) },
  );
});
