/** Pairs of sentences as a table: columns first and second, and optionally kind. */
import { badFile } from '../base/errors';
import { formatCount } from '../base/units';
import type { SentencePair } from './minimalPairs';
import type { TableRow } from './taskTable';

const MAX_PAIRS = 20_000;

/** @throws HomegrownError `bad-file` naming the line if a row lacks a sentence */
export async function sentencePairsIn(name: string, rows: AsyncIterable<TableRow>): Promise<readonly SentencePair[]> {
  const pairs: SentencePair[] = [];
  for await (const { line, cells } of rows) {
    const [first = '', second = ''] = ['first', 'second'].map((column) => cells.get(column)?.trim());
    if (first === '' || second === '')
      throw badFile(
        `Line ${formatCount(line)} of ${name} has no ${first === '' ? 'first' : 'second'} sentence.`,
        'The table needs the columns first and second; a column kind is optional.',
      );
    if (pairs.length === MAX_PAIRS)
      throw badFile(`${name} has more than ${formatCount(MAX_PAIRS)} rows.`, 'Use a table with fewer.');
    pairs.push({ kind: cells.get('kind')?.trim() || 'all', first, second });
  }
  if (pairs.length === 0) throw badFile(`${name} has no rows.`, 'Use a table with a pair of sentences in each row.');
  return pairs;
}
