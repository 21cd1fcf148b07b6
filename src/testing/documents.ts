/** Tests that documents in a row don't affect each other, and give the same results as alone. */
import { expect } from 'vitest';
import type { Network } from '../core/models/network';
import type { ForwardContext } from '../core/models/spec';
import { expectClose } from './checkOp';
import { type Made, passes, type Rows } from './passes';

const DOCUMENTS = [[5, 1, 3, 7], [16], [2, 13, 1]];
const VOCABULARY = 33;
type Row = readonly number[];
const idsOf = (row: number, documents: readonly number[], other: number): number[] =>
  documents.flatMap((tokens, document) =>
    Array.from(
      { length: tokens },
      (_, t) => (row * 5 + document * 11 + t * t + 3 + (document === 0 ? 0 : other * (t + 1))) % VOCABULARY,
    ),
  );
const targetsOf = (row: number, documents: readonly number[], isTrained: (document: number) => boolean): number[] =>
  documents.flatMap((tokens, document) =>
    Array.from({ length: tokens }, (_, t) =>
      isTrained(document) ? (row * 3 + document * 7 + t * 5 + 1) % VOCABULARY : -1,
    ),
  );
const rowsOf = (isTrained: (document: number) => boolean, other = 0): Rows => ({
  ids: DOCUMENTS.map((documents, row) => idsOf(row, documents, other)),
  targets: DOCUMENTS.map((documents, row) => targetsOf(row, documents, isTrained)),
  documents: DOCUMENTS,
});

/** The first document of each row has the same bits, whatever else is in the row. */
export async function expectUnseenDocuments(
  net: Network,
  settings: Pick<ForwardContext, 'dropout' | 'attentionDropout' | 'recompute'>,
): Promise<void> {
  const first = (document: number): boolean => document === 0;
  const rows = [0, 1, 2].map((other) => rowsOf(first, other));
  const compiledPasses = passes(net, rows[0]!, settings);
  for (const mode of ['eager', 'captured'] as const) {
    const [expected, ...otherResults] = [
      await compiledPasses[mode](rows[0]!),
      await compiledPasses[mode](rows[1]!),
      await compiledPasses[mode](rows[2]!),
    ];
    for (const [name, values] of Object.entries(expected))
      expect(Math.max(...values.map(Math.abs)), `${name} says something`).toBeGreaterThan(0);
    for (const other of otherResults) {
      expect(other['hidden'], 'other documents are others').not.toEqual(expected['hidden']);
      expect(ofFirst(other), mode).toEqual(ofFirst(expected));
    }
  }
  compiledPasses.dispose();
}
function ofFirst({ hidden, ...others }: Made): Made {
  const width = hidden!.length / DOCUMENTS.flat().reduce((a, b) => a + b);
  const T = hidden!.length / DOCUMENTS.length / width;
  const firstHidden = DOCUMENTS.flatMap(([tokens], row) => [
    ...hidden!.subarray(row * T * width, (row * T + tokens!) * width),
  ]);
  return { ...others, hidden: Float32Array.from(firstHidden) };
}

/** Results of a pass on rows of documents. */
export async function madeOfDocuments(net: Network): Promise<Made> {
  const allRows = rowsOf(() => true);
  const pass = passes(net, allRows, { dropout: 0 });
  const results = await pass.captured(allRows);
  pass.dispose();
  return results;
}
export function expectSameMade(actual: Made, expected: Made, tolerance = 1e-4): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) expectClose(actual[name]!, values, tolerance, name);
}

/** Hidden states, and the sums of losses and gradients, equal those of each document alone. */
export async function expectAsAlone(net: Network): Promise<void> {
  const allRows = rowsOf(() => true);
  const sums: Record<string, Float32Array> = {};
  const hidden: number[] = [];
  const predicted = DOCUMENTS.flat().reduce((a, b) => a + b);
  for (const [row, documents] of DOCUMENTS.entries()) {
    let start = 0;
    for (const tokens of documents) {
      const rowsOfDocument = (rows: readonly Row[]): Row[] => [rows[row]!.slice(start, start + tokens)];
      const single: Rows = { ids: rowsOfDocument(allRows.ids), targets: rowsOfDocument(allRows.targets) };
      const singlePass = passes(net, single, { dropout: 0 });
      const { hidden: hiddenOfDocument, ...others } = await singlePass.eager(single);
      singlePass.dispose();
      hidden.push(...hiddenOfDocument!);
      for (const [name, values] of Object.entries(others)) {
        const sum = (sums[name] ??= new Float32Array(values.length));
        values.forEach((value, i) => (sum[i]! += (value * tokens) / predicted));
      }
      start += tokens;
    }
  }
  expectSameMade(await madeOfDocuments(net), { hidden: Float32Array.from(hidden), ...sums });
}
