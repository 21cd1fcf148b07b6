import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { sha256Hex } from '../base/hash';
import { splitDocuments } from './cut';
import { type Parted, PART_NAMES, type SplitChoice } from './split';
import { propertyRuns } from '../../testing/propertyRuns';

const CHOICE: SplitChoice = { validation: 0.1, test: 0, seed: 0 };
const HASHES = await Promise.all(Array.from({ length: 400 }, (_, i) => sha256Hex(`${i}`)));

/** Split from before texts had several documents, on which published results were measured. */
function endsOfBefore(documents: readonly { bytes: number }[], share: number) {
  const [train, validation]: [object[], object[]] = [[], []];
  let end = 0;
  for (const [place, document] of documents.entries()) {
    const start = end;
    end += document.bytes;
    const boundary = document.bytes - (Math.floor(end * share) - Math.floor(start * share));
    if (boundary > 0) train.push({ document, place, from: 0, to: boundary });
    if (boundary < document.bytes) validation.push({ document, place, from: boundary, to: document.bytes });
  }
  return { train, validation, test: [] };
}

test('splits texts of one document each as in older versions', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 9 }),
      fc.constantFrom(0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
      fc.nat(),
      fc.boolean(),
      (sizes, validation, seed, isOfText) => {
        const documents = sizes.map((bytes, i) => ({ bytes, sha256: HASHES[i]!, ...(isOfText && { text: `${i}` }) }));
        const split = splitDocuments(documents, { validation, test: 0, seed });
        expect(split).toEqual({ rule: 'ends', parts: endsOfBefore(documents, validation) });
      },
    ),
    { numRuns: propertyRuns(1000) },
  );
});

const bytesOf = (documents: readonly Parted[]): number => documents.reduce((sum, { bytes }) => sum + bytes, 0);
const partOf = (documents: readonly Parted[], choice: SplitChoice) => {
  const { rule, parts } = splitDocuments(documents, choice);
  const of = new Map<string, Set<string>>();
  for (const name of PART_NAMES)
    for (const { document } of parts[name]) of.set(document.sha256, (of.get(document.sha256) ?? new Set()).add(name));
  return { rule, parts, of };
};
const choices = fc.record({
  validation: fc.constantFrom(0.05, 0.1, 0.2),
  test: fc.constantFrom(0, 0.1, 0.2),
  seed: fc.nat(),
});

describe('texts of many documents', () => {
  /** 100 to 120 documents of similar size in each of up to three texts. */
  const letters = fc
    .array(fc.array(fc.integer({ min: 300, max: 900 }), { minLength: 100, maxLength: 120 }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((texts) =>
      texts.flatMap((sizes, t) => sizes.map((bytes, i) => ({ bytes, text: `t${t}`, sha256: HASHES[120 * t + i]! }))),
    );

  it('hold out whole documents, in each text within a quarter of the requested share', () => {
    fc.assert(
      fc.property(letters, choices, (documents, choice) => {
        const { rule, parts, of } = partOf(documents, choice);
        expect(rule).toBe('documents');
        expect([...of.values()].every(({ size }) => size === 1)).toBe(true);
        for (const text of new Set(documents.map((document) => document.text))) {
          const all = bytesOf(documents.filter((document) => document.text === text));
          for (const name of ['validation', 'test'] as const) {
            const own = bytesOf(
              parts[name].map(({ document }) => document).filter((document) => document.text === text),
            );
            expect(Math.abs(own - choice[name] * all)).toBeLessThanOrEqual((choice[name] * all) / 4);
          }
        }
        for (const name of PART_NAMES) {
          const places = parts[name].map(({ place }) => place);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it('are split by seed and content, not by order', () => {
    fc.assert(
      fc.property(letters, choices, fc.nat({ max: 100 }), (documents, choice, turn) => {
        const { of } = partOf(documents, choice);
        const turned = [...documents.slice(turn), ...documents.slice(0, turn)];
        expect(partOf(turned, choice).of).toEqual(of);
        expect(partOf(documents, choice).of).toEqual(of);
      }),
      { numRuns: propertyRuns(50) },
    );
    const documents = Array.from({ length: 100 }, (_, i) => ({ bytes: 500, text: 't', sha256: HASHES[i]! }));
    const held = [0, 1, 2, 3].map((seed) => {
      const { parts } = splitDocuments(documents, { ...CHOICE, seed });
      return parts.validation.map(({ place }) => place).join();
    });
    expect(new Set(held).size).toBe(4);
  });

  it('have equal documents in one part, also across texts', () => {
    fc.assert(
      fc.property(
        letters,
        choices,
        fc.uniqueArray(fc.nat({ max: 99 }), { maxLength: 99 }),
        (documents, choice, copies) => {
          const copied = copies.map((i) => ({ ...documents[i]!, text: i % 2 === 0 ? 'one' : 'other' }));
          const { of } = partOf([...documents, ...copied], choice);
          for (const { sha256 } of copied) expect(of.get(sha256)?.size).toBe(1);
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });

  it('hold out ends if one document dominates a text, and split other texts as before', () => {
    const book = [
      { bytes: 900_000, text: 'book', sha256: HASHES[0]! },
      { bytes: 400, text: 'book', sha256: HASHES[1]! },
    ];
    const post = Array.from({ length: 60 }, (_, i) => ({ bytes: 500, text: 'post', sha256: HASHES[100 + i]! }));
    const alone = partOf(post, CHOICE);
    const others = partOf([...book, ...post], CHOICE);
    for (const [hash, parts] of alone.of) expect(others.of.get(hash)).toEqual(parts);
    expect(others.rule).toBe('documents');
    expect(others.parts.validation.slice(0, 2)).toMatchObject([
      { place: 0, from: 810_000, to: 900_000 },
      { place: 1, from: 360, to: 400 },
    ]);
    expect(splitDocuments(book, CHOICE).rule).toBe('ends');
  });
});

test('orders train, validation and test within a document, and puts each byte in one part', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 9 }), choices, (sizes, choice) => {
      const documents = sizes.map((bytes, i) => ({ bytes, sha256: HASHES[i]! }));
      const { parts } = splitDocuments(documents, choice);
      for (const [place, { bytes }] of documents.entries()) {
        let end = 0;
        for (const name of PART_NAMES)
          for (const segment of parts[name].filter((each) => each.place === place)) {
            expect(segment.from).toBe(end);
            end = segment.to;
          }
        expect(end).toBe(bytes);
      }
      const all = bytesOf(documents);
      const held = (name: 'validation' | 'test'): number =>
        parts[name].reduce((sum, { from, to }) => sum + to - from, 0);
      if (sizes.every((bytes) => bytes > 4)) {
        expect(held('test')).toBe(Math.floor(all * choice.test));
        expect(held('validation')).toBe(Math.floor(all * choice.validation));
      }
    }),
  );
});

test.each([
  [0, 0],
  [-0.1, 0],
  [0.6, 0],
  [NaN, 0],
  [0.1, -0.1],
  [0.3, 0.3],
  [0.1, NaN],
])('refuses a validation share of %s with a test share of %s', async (validation, share) => {
  const { checkSplit, MAX_HELD_OUT_SHARE } = await import('./split');
  expect(() => checkSplit({ validation, test: share, seed: 0 })).toThrow(`at most ${MAX_HELD_OUT_SHARE}`);
});

test('never cuts a document with fields, and holds out one of several', () => {
  const row = (i: number): Parted => ({
    bytes: 20 + i,
    sha256: HASHES[i]!,
    text: 'table',
    spans: { input: [0, 9], target: [10, 20 + i] },
  });
  for (const rows of [1, 2, 3, 9, 100]) {
    const documents = Array.from({ length: rows }, (_, i) => row(i));
    const { parts } = splitDocuments(documents, CHOICE);
    const all = PART_NAMES.flatMap((name) => parts[name]);
    expect(all.every(({ document, from, to }) => from === 0 && to === document.bytes)).toBe(true);
    expect(all).toHaveLength(rows);
    const held = parts.validation.length;
    if (rows < 9) expect(held).toBe(rows === 1 ? 0 : 1);
    else
      expect(
        Math.abs(bytesOf(parts.validation.map(({ document }) => document)) - bytesOf(documents) / 10),
      ).toBeLessThan(120);
  }
});
