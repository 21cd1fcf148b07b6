import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed, packingOf, packedInRows } from './packing';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });

test('every token of every document is in one row, no row is overfull, and only long documents are cut', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 70 }), (tokens, context) => {
      let end = 0;
      const documents = tokens.map((length) => ({ start: (end += length) - length, tokens: length }));
      const { rows, cut, pieces, padding, ...others } = packed(documents, context);
      const all = rows.flat().sort((a, b) => a.from - b.from);
      let at = 0;
      for (const { from, tokens } of all) {
        expect(from).toBe(at);
        at += tokens;
      }
      expect(at).toBe(end);
      for (const row of rows) {
        expect(row.length).toBeGreaterThan(0);
        expect(row.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(context);
      }
      const long = documents.filter(({ tokens }) => tokens > context);
      expect(cut).toBe(long.length);
      expect(pieces).toBe(all.length - documents.length + long.length);
      const begun = new Set(all.filter(({ begins }) => begins).map(({ from }) => from));
      expect(begun).toEqual(new Set(documents.map(({ start }) => start)));
      for (const { start, tokens } of documents)
        if (tokens <= context) expect(all).toContainEqual({ from: start, tokens, begins: true });
      expect(padding).toBe(rows.length * context - end);
      expect(others).toEqual({ documents: documents.length });
      // At most one row is half empty, because the pieces of two such rows would fit in one.
      expect(rows.filter((row) => 2 * row.reduce((sum, { tokens }) => sum + tokens, 0) <= context).length).toBeLessThan(
        2,
      );
    }),
  );
});

test('puts each document into the fullest row with room for it, longest first', () => {
  const documents = [3, 5, 2, 6, 4].map((tokens, i) => ({ start: 10 * i, tokens }));
  const { rows } = packed(documents, 10);
  expect(rows.map((row) => row.map(({ tokens }) => tokens))).toEqual([
    [6, 4],
    [5, 3, 2],
  ]);
});

test('counts truncated and padding tokens', async () => {
  const source = textSource(tokenizer, ['abc', 'defghijklmnop', 'qr', 's']);
  // With end tokens 4, 14 and 3 tokens; the last document has none.
  expect(await packedInRows(source, 8)).toEqual({
    words: '4 documents, 1 cut into 2 pieces for a context of 8: packed into 3 rows, 8.33 % padding.',
    rows: 3,
    isCut: true,
  });
  expect(await packedInRows(source, 16)).toEqual({
    words: '4 documents, none longer than a context of 16: packed into 2 rows, 31.3 % padding.',
    rows: 2,
    isCut: false,
  });
});

test('refuses a text without stored document boundaries', async () => {
  const old = { ...textSource(tokenizer, ['abc']), documents: () => Promise.resolve(null) };
  await expect(packingOf(old, 8)).rejects.toThrow(/This data has no document boundaries/);
});
