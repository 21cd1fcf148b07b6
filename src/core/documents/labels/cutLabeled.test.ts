/** Splits follow the labels, and near-duplicates stay together. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { sha256Hex } from '../../base/hash';
import { Outline } from '../cut';
import { PART_NAMES, type PartName, type SplitChoice } from '../split';
import { cutLabeled } from './cutLabeled';
import { NearEqual } from './nearEqual';
import { propertyRuns } from '../../../testing/propertyRuns';

const HASHES = await Promise.all(Array.from({ length: 300 }, (_, i) => sha256Hex(`${i}`)));

interface Example {
  labels: readonly number[];
  /** Index into the hashes, and the group of near-duplicates. */
  hash: number;
  group: number;
  trainOnly?: true;
}
function partsOf(examples: readonly Example[], choice: SplitChoice): readonly (PartName | undefined)[] {
  const outline = new Outline();
  for (const { hash } of examples) outline.add({ bytes: 10, sha256: HASHES[hash]!, text: 't' });
  const first = examples.map(({ group }) => examples.findIndex((each) => each.group === group));
  const labeled = {
    labels: examples.map(({ labels }) => labels),
    groupOf: first,
    trainOnly: examples.map(({ trainOnly }) => trainOnly === true),
  };
  const cut = cutLabeled(outline, labeled, choice);
  expect(cut.rule).toBe('labels');
  return examples.map((_, place) => {
    const parts = PART_NAMES.filter((name) => {
      const [from, to] = cut.within(name, place);
      if (from < to) expect([from, to]).toEqual([0, 10]);
      return from < to;
    });
    expect(parts.length).toBeLessThanOrEqual(1);
    return parts[0];
  });
}
const choices = fc.record({
  validation: fc.constantFrom(0.05, 0.1, 0.2),
  test: fc.constantFrom(0, 0.1, 0.2),
  seed: fc.nat(),
});
/** Dissimilar examples with one of four labels, the later ones rare, or with none. */
const unlike = fc
  .array(fc.constantFrom(...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, -1]), { minLength: 1, maxLength: 200 })
  .map((all) => all.map((label, i): Example => ({ labels: label < 0 ? [] : [label], hash: i, group: i })));
/** Examples with up to three labels each, some of them near-duplicates. */
const any = fc
  .array(fc.tuple(fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 3 }), fc.nat({ max: 60 })), {
    minLength: 1,
    maxLength: 120,
  })
  .map((all) => all.map(([labels, group], hash): Example => ({ labels, group, hash })));

describe('texts without near-duplicates', () => {
  it('are held out by the share of each label, and at least one of each label with two texts', () => {
    fc.assert(
      fc.property(unlike, choices, (examples, choice) => {
        const parts = partsOf(examples, choice);
        for (const label of [0, 1, 2, 3]) {
          const own = parts.filter((_, i) => examples[i]!.labels.includes(label));
          const of = (part: PartName): number => own.filter((each) => each === part).length;
          const all = own.length;
          const min = { validation: all > 1 ? 1 : 0, test: all > 2 && choice.test > 0 ? 1 : 0 };
          for (const part of ['validation', 'test'] as const)
            expect(Math.abs(of(part) - Math.max(min[part], choice[part] * all))).toBeLessThanOrEqual(0.5);
          if (all > 0) expect(of('train')).toBeGreaterThan(0);
        }
      }),
    );
  });
});

test('each labeled text is in one part, together with its near-duplicates; others are in none', () => {
  fc.assert(
    fc.property(any, choices, (examples, choice) => {
      const parts = partsOf(examples, choice);
      const of = new Map<number, Set<PartName>>();
      for (const [i, { labels, group }] of examples.entries()) {
        expect(parts[i] !== undefined).toBe(labels.length > 0);
        if (parts[i]) of.set(group, (of.get(group) ?? new Set()).add(parts[i]));
      }
      for (const own of of.values()) expect(own.size).toBe(1);
      if (choice.test === 0) expect(parts).not.toContain('test');
    }),
  );
});

test('a label with two groups of texts is held out, even if the smallest free group exceeds its share', () => {
  const examples = [[1], [1], [0, 1]].map((labels, i): Example => ({ labels, hash: i, group: i < 2 ? 0 : 1 }));
  const parts = partsOf(examples, { validation: 0.1, test: 0, seed: 0 });
  expect(parts).toEqual(['validation', 'validation', 'train']);
});

test("a train-only text and its near-duplicates are trained, and the others are held out as if it didn't exist", () => {
  fc.assert(
    fc.property(any, any, choices, (examples, corrections, choice) => {
      // Different hashes, which decide the order.
      const only = corrections.map((each) => ({ ...each, hash: each.hash + 120, trainOnly: true as const }));
      const parts = partsOf([...examples, ...only], choice);
      const groups = new Set(only.map(({ group }) => group));
      for (const [i, { labels, group }] of [...examples, ...only].entries())
        if (labels.length > 0 && groups.has(group)) expect(parts[i]).toBe('train');
      const rest = examples.filter(({ group }) => !groups.has(group));
      const others = parts.slice(0, examples.length).filter((_, i) => !groups.has(examples[i]!.group));
      expect(others).toEqual(rest.length > 0 ? partsOf(rest, choice) : []);
    }),
  );
});

test('the split depends on the seed and the content, not on the order', () => {
  fc.assert(
    fc.property(any, choices, fc.nat({ max: 100 }), (examples, choice, turn) => {
      const by = (some: readonly Example[]): object =>
        Object.fromEntries(partsOf(some, choice).map((part, i) => [some[i]!.hash, part]));
      expect(by([...examples.slice(turn), ...examples.slice(0, turn)])).toEqual(by(examples));
    }),
  );
  const examples = Array.from({ length: 100 }, (_, i): Example => ({ labels: [i % 2], hash: i, group: i }));
  const held = [0, 1, 2].map((seed) => partsOf(examples, { validation: 0.1, test: 0, seed }).join());
  expect(new Set(held).size).toBe(3);
});

describe('texts', () => {
  const vocabulary = Array.from({ length: 200 }, (_, i) => `word${i}`);
  const groupsOf = (texts: readonly string[]): readonly number[] => {
    const alike = new NearEqual();
    for (const text of texts) alike.add(text);
    return [...alike.groups()];
  };
  const text = fc.array(fc.constantFrom(...vocabulary), { minLength: 120, maxLength: 150 });

  it('are near-duplicates if one word of many differs, but not if all words are random', () => {
    fc.assert(
      fc.property(text, text, fc.nat({ max: 119 }), (one, other, at) => {
        const changed = one.map((word, i) => (i === at ? 'changed' : word));
        const said = one.map((word) => `${word.toUpperCase()}!`);
        expect(groupsOf([other, one, changed, said].map((words) => words.join(' ')))).toEqual([0, 1, 1, 1]);
      }),
      { numRuns: propertyRuns(50), seed: 1 },
    );
  });

  it('match exactly if they have few words, or only signs', () => {
    const texts = [
      'Great movie!',
      'great  movie',
      'great movies',
      ':-)',
      ' :-) ',
      ':-(',
      '',
      'Größe',
      'GRÖSSE',
      'größe',
    ];
    expect(groupsOf(texts)).toEqual([0, 0, 2, 3, 3, 5, 6, 7, 8, 7]);
  });
});
