import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenizer } from '../tokenizer/byteLevel';
import { held } from './blocks';
import { kindsOf, type TokenKind } from './tokenKinds';
import { NOT_PREDICTED } from './scores';
import { whereItFails } from './where';
import { propertyRuns } from '../../testing/propertyRuns';

const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
const pairs = await createTokenizer({
  kind: 'bpe',
  merges: [' a', ' 1', 'bc'].map((both) => [...bytes.encode(both)] as [number, number]),
});
const kinds = (tokenizer: typeof bytes, text: string): readonly TokenKind[] =>
  kindsOf(tokenizer.encode(text), tokenizer);

test('classifies tokens by their bytes and what precedes them', () => {
  expect(kinds(bytes, 'I, Bo 12')).toEqual([
    'word', // begins a sentence
    'punctuation',
    'space',
    'name',
    'piece',
    'space',
    'number',
    'number',
  ]);
  expect(kinds(pairs, 'a abc 12.\nBo')).toEqual([
    ...['word', 'word', 'piece'],
    ...['number', 'number', 'punctuation', 'space', 'word', 'piece'],
  ]);
  expect(kinds(bytes, 'é!')).toEqual(['word', 'piece', 'punctuation']);
  expect(kindsOf(Uint32Array.of(256), bytes)).toEqual(['special']);
});

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', '.', 'Q', 'é'), minLength: 1, maxLength: 300 });

test('bars and passages contain each predicted token once, with its loss', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 60 }), (texts, context) => {
      const documents = texts.map((each, i) => held(bytes, each, `source ${i % 2}`));
      // Every fifth token is context only.
      const losses = documents.map(({ ids }) => ({
        loss: Float32Array.from(ids, (id, at) => (at % 5 === 4 ? NOT_PREDICTED : id / 64)),
        position: (token: number) => (token % context) + 1,
      }));
      const train = [held(bytes, 'aaaaaaaaaaab.', '')];
      const { where, passages } = whereItFails(documents, losses, bytes, { train, seed: 1 });
      const all = losses.flatMap(({ loss }) => [...loss].filter((nats) => nats !== NOT_PREDICTED));
      const sum = all.reduce((a, b) => a + b, 0);
      for (const bars of [where!.position, where!.frequency!, where!.kind, where!.source, where!.document]) {
        expect(bars.reduce((n, { tokens }) => n + tokens, 0)).toBe(all.length);
        expect(bars.reduce((n, { tokens, loss }) => n + tokens * loss, 0)).toBeCloseTo(sum, 3);
      }
      const { worst, best } = passages!;
      const both = [...worst, ...best];
      // Few enough to list all passages, except those much shorter than others.
      if (texts.every(({ length }) => length < 20) || both.length === 1) {
        for (const { tokens, loss } of both) {
          const own = tokens.flatMap(({ loss: nats }) => (nats === undefined ? [] : [nats]));
          expect(loss).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 4);
        }
      }
      for (const { document, tokens } of both)
        expect(texts[document]).toContain(
          tokens
            .map(({ text }) => text)
            .join('')
            .replaceAll('\uFFFD', ''),
        );
      expect(Math.min(...worst.map(({ loss }) => loss))).toBeGreaterThanOrEqual(
        Math.max(0, ...best.map(({ loss }) => loss)),
      );
    }),
    { numRuns: propertyRuns(100) },
  );
});

test('short documents of similar length have passages, and those less than half as long have none', () => {
  const passagesOf = (texts: readonly string[]): number[] => {
    const documents = texts.map((each) => held(bytes, each, ''));
    const losses = documents.map(({ ids }) => ({ loss: new Float32Array(ids.length).fill(1), position: at }));
    const { random } = whereItFails(documents, losses, bytes, { seed: 0 }).passages!;
    return random.map(({ tokens }) => tokens.length);
  };
  const at = (token: number): number => token + 1;
  expect(passagesOf(['a'.repeat(21), 'b'.repeat(17), 'c'.repeat(11), 'd'.repeat(10)])).toEqual([21, 17, 11]);
  expect(passagesOf(['a'.repeat(100), 'b'.repeat(19)])).toEqual([40, 40, 20]);
});

test('groups loss by frequency and by position, in ranges', () => {
  const document = held(bytes, 'abcde', 'one');
  const losses = [{ loss: Float32Array.of(1, 2, 3, 4, 5), position: (token: number) => token + 1 }];
  const counts = new Uint32Array(257);
  for (const [i, count] of [0, 1, 9, 10, 1000].entries()) counts[document.ids[i]!] = count;
  const { where, passages } = whereItFails([document], losses, bytes, { counts, seed: 0 });
  expect(where!.frequency).toEqual([
    { from: 0, to: 0, loss: 1, tokens: 1 },
    { from: 1, to: 9, loss: 2.5, tokens: 2 },
    { from: 10, to: 99, loss: 4, tokens: 1 },
    { from: 1000, to: 9999, loss: 5, tokens: 1 },
  ]);
  expect(where!.position).toEqual([
    { from: 1, to: 1, loss: 1, tokens: 1 },
    { from: 2, to: 2, loss: 2, tokens: 1 },
    { from: 3, to: 4, loss: 3.5, tokens: 2 },
    { from: 5, to: 8, loss: 5, tokens: 1 },
  ]);
  expect(passages!.random[0]!.tokens[4]).toEqual({ text: 'e', kind: 'piece', loss: 5, count: 1000 });
  const without = whereItFails([document], losses, bytes, { seed: 0 });
  expect([without.where!.frequency, without.leftOut.map(({ name }) => name)]).toEqual([
    undefined,
    ['loss by frequency'],
  ]);
});
