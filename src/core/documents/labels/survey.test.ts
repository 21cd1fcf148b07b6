/** Label survey before the start of a run. */
import { expect, test } from 'vitest';
import { unwatched } from '../../base/job';
import type { Document } from '../../base/document';
import { bits } from '../../base/rng';
import { alikeNames } from './alike';
import { labelProblems } from './problems';
import { surveyLabels, type Surveying } from './survey';

const documents = (rows: readonly (readonly [text: string, label: string])[]): Document[] =>
  rows.map(([text, label], i) => ({
    sha256: `${i}`,
    characters: text.length,
    bytes: text.length,
    // oxlint-disable-next-line typescript/require-await -- a document is read as it comes
    async *chunks() {
      yield text;
    },
    ...(label !== '' && { fields: { label } }),
  }));
const surveyed = async (rows: readonly (readonly [string, string])[], how: Partial<Surveying> = {}) => {
  const survey = await surveyLabels(documents(rows), { labelKind: 'one', ...how }, unwatched);
  return { survey, problems: labelProblems(survey).map(({ kind, what }) => `${kind} ${what}`) };
};
const words = (i: number, length = 12): string =>
  Array.from({ length }, (_, k) => `word${bits(0, 'words', i, k) % 500}`).join(' ');

test('counts labels, most common first, and reports texts without labels or tokens', async () => {
  const rows = Array.from({ length: 9 }, (_, i) => [words(i), i < 3 ? 'b' : i < 8 ? 'a' : ''] as const);
  const { survey, problems } = await surveyed([...rows, ['  ', 'a']], {
    tokensOf: (text) => text.trim().length,
    room: 80,
  });
  expect(survey).toMatchObject({
    texts: 8,
    unlabeled: 1,
    empty: 1,
    labels: [
      { label: 'a', count: 5 },
      { label: 'b', count: 3 },
    ],
  });
  expect(survey.long).toBeGreaterThan(0);
  expect(problems).toEqual(['note empty', 'note unlabeled']);
});

test('asks about texts without labels, or counts those marked as having none', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => [words(i), ['a', 'a|b', '', '|'][i % 4]!] as const);
  const how = { labelKind: 'several' } as const;
  const { survey, problems } = await surveyed(rows, how);
  expect(survey).toMatchObject({
    texts: 15,
    none: 5,
    unlabeled: 5,
    labels: [
      { label: 'a', count: 10 },
      { label: 'b', count: 5 },
    ],
  });
  expect(problems).toEqual(['note unlabeled']);
  const [first, ...others] = labelProblems(survey, { isNoneOpen: true });
  expect(first).toMatchObject({ kind: 'asked', what: 'unlabeled' });
  expect(first!.words).toBe('5 texts have no label: does no label apply, or aren’t they labeled yet?');
  expect(others).toEqual([]);
  // A single label can be trained on if other texts have none.
  const one = rows.filter(([, label]) => label !== 'a|b');
  expect((await surveyed(one, how)).problems).toEqual(['note unlabeled']);
  expect((await surveyed(one.filter(([, label]) => label !== '|'), how)).problems).toEqual(['refused one', 'note unlabeled']); // prettier-ignore
  expect(
    (
      await surveyed(
        one.filter(([, label]) => label !== 'a'),
        how,
      )
    ).problems,
  ).toEqual(['refused none']);
  // With single labels, the whole cell is one label, also with a separator.
  expect((await surveyed(rows)).survey.labels.map(({ label }) => label)).toEqual(['a', 'a|b', '|']);
});

test.each([
  [
    'none has one',
    [
      ['x', ''],
      ['y', ''],
    ],
    ['refused none'],
  ],
  [
    'all have one',
    [
      ['x', 'a'],
      ['y', 'a'],
    ],
    ['refused one'],
  ],
  [
    'one is in one text',
    [
      ['x', 'a'],
      ['y', 'a'],
      ['z', 'b'],
    ],
    ['asked single'],
  ],
] as const)('rejects or asks if %s', async (_, rows, problems) => {
  expect((await surveyed(rows)).problems).toEqual(problems);
});

test('rejects 10,000 labels and reports their number', async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [words(i, 3), `label ${i} of a kind`] as const);
  const survey = await surveyLabels(documents(rows), { labelKind: 'one' }, unwatched);
  const [problem] = labelProblems(survey);
  expect(problem).toMatchObject({ kind: 'refused', what: 'many' });
  expect(problem!.words).toBe('10,000 texts have 10,000 labels; a classifier can have at most 1,000.');
});

test('detects swapped columns only if they are swapped', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 3 === 0 ? 'spam' : 'ham', words(i)] as const);
  expect((await surveyed(rows)).problems).toContain('asked swapped');
  expect((await surveyed(rows.map(([a, b]) => [b, a] as const))).problems).toEqual([]);
});

test('proposes the most common of similar names, unless they differ in a number', () => {
  const counts = [
    'Spam',
    'ham',
    'spam ',
    'spam.',
    'ＳＰＡＭ',
    'sports',
    'sport',
    'class 1',
    'class 2',
    'not_spam',
    'not-spam',
    'hot',
    '1',
    '-1',
    ':)',
    ':(',
    'C',
    'C#',
    'c++',
  ].map((label, i) => ({ label, count: 100 - i }));
  expect(alikeNames(counts)).toEqual([
    { names: ['Spam', 'spam ', 'spam.', 'ＳＰＡＭ'], as: 'Spam' },
    { names: ['sports', 'sport'], as: 'sports' },
    { names: ['not_spam', 'not-spam'], as: 'not_spam' },
  ]);
});

test('reports a word that reveals a label, but not one in half of its texts', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const isSpam = i % 4 === 0;
    const planted = `${isSpam && i % 100 > 0 ? 'xq7 ' : ''}${!isSpam && i % 2 === 0 ? 'half ' : ''}${i === 1 ? 'XQ7 ' : ''}`;
    return [planted + words(i, 30), isSpam ? 'spam' : 'ham'] as const;
  });
  const { survey, problems } = await surveyed(rows);
  expect(survey.leaks).toMatchObject([
    { word: 'xq7', label: 'spam', within: { texts: 48, of: 50 }, without: { texts: 1, of: 150 } },
  ]);
  // Reference: both bounds found by bisection, as roots of the score equation.
  expect(survey.leaks[0]!.above).toBeCloseTo(0.854051, 5);
  expect(problems).toEqual(['note leak']);
  // Reported once for a label whose texts have several such words.
  const both = await surveyed(rows.map(([text, label]) => [text.replace('xq7', 'xq7 zz9'), label] as const));
  expect(both.problems).toEqual(['note leak']);
  expect(labelProblems(both.survey)[0]!.words).toBe(
    'The words “zz9” and “xq7” give “spam” away: “zz9” is in 48 of 50 (96 %) of its texts, and in 0 of 150 (0 %) of the others.',
  );
  // Eight texts are too few.
  expect((await surveyed(rows.filter((_, i) => i % 100 > 0 && i < 33))).survey.leaks).toEqual([]);
});

test('counts near-duplicates and those with different labels', async () => {
  const long = words(1, 100);
  const rows = [
    [long, 'a'],
    [`${long} more`, 'a'],
    [long, 'b'],
    [words(2, 50), 'b'],
    [words(3, 50), 'a'],
  ] as const;
  const { survey } = await surveyed(rows);
  expect(survey.nearEqual).toEqual({ texts: 3, contrary: 3 });
});

test('reports the share of truncated texts and the maximum length', async () => {
  const rows = Array.from({ length: 16 }, (_, i) => [words(i, i < 2 ? 40 : 3), i % 2 ? 'a' : 'b'] as const);
  const { survey, problems } = await surveyed(rows, { tokensOf: (text) => text.split(' ').length, room: 31 });
  // Without a maximum length, nothing is cut.
  expect(problems).toEqual([]);
  const [one, ...others] = labelProblems(survey, { room: 31 });
  expect(one).toMatchObject({
    kind: 'note',
    what: 'long',
    words: "2 texts don't fit (12.5 %). Read to 31 tokens, rest cut.",
  });
  expect(others).toEqual([]);
  expect(labelProblems({ ...survey, long: 1 }, { room: 31, isAtLeast: true })[0]!.words).toBe(
    "At least 1 text doesn't fit (6.25 %). Read to 31 tokens, rest cut.",
  );
});
