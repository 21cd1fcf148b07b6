import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, csvOf } from './csv';

/** Parses by the grammar of RFC 4180, character by character. */
function read(csv: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted]: [string[], string, boolean] = [[], '', false];
  for (let i = 0; i < csv.length; i++) {
    const at = csv[i]!;
    if (isQuoted && at === '"' && csv[i + 1] === '"') cell += csv[++i]!;
    else if (at === '"') isQuoted = !isQuoted;
    else if (!isQuoted && at === ',') [row, cell] = [[...row, cell], ''];
    else if (!isQuoted && at === '\r' && csv[i + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      i++;
    } else cell += at;
  }
  expect([row, cell, isQuoted]).toEqual([[], '', false]);
  return rows;
}

test('a table with any content survives a round trip', () => {
  expect(
    csvOf([
      ['Run', 'Loss'],
      ['wide, "slow"', 0.1 + 0.2],
      ['a\nb', undefined],
    ]),
  ).toBe('Run,Loss\r\n"wide, ""slow""",0.30000000000000004\r\n"a\nb",\r\n');
  const letters = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ') });
  const cell: fc.Arbitrary<Cell> = fc.oneof(letters, fc.double(), fc.constant(undefined));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1 })), (rows) => {
      const words = rows.map((row) => row.map((each) => (each === undefined ? '' : String(each))));
      expect(read(csvOf(rows))).toEqual(words);
    }),
  );
});
