/** Strings, comments and names keep to the language guide, except for an allowance that only shrinks. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesOf } from './importers';
import { commentsIn, commentsOf, namesIn, namesOf, sourcesOf } from './comments';
import { ALLOWANCES, bannedIn, bannedNames, bannedWords, countByFile, readAllowance } from './language';
import { shownStrings, stringsOf } from './strings';

const strings = shownStrings('.');
const sources = sourcesOf('.');

test.each([
  ['strings', () => bannedIn(strings)],
  ['comments', () => bannedIn(commentsOf(sources))],
  ['names', () => bannedNames(namesOf(sources))],
] as const)(
  'no file has more %s with words that the guide replaces than its allowance, which only shrinks',
  (kind, banned) => {
    const counts = countByFile(banned());
    const allowed = readAllowance('.', kind);
    const over = Object.keys(counts).filter((file) => counts[file]! > (allowed[file] ?? 0));
    expect(over, 'run `npm run strings -- --banned` and rewrite these').toEqual([]);
    // `npm run strings -- --shrink` writes the smaller counts.
    expect(allowed, `${ALLOWANCES[kind]} allows more than there is`).toEqual(counts);
  },
);

test('comments are found as whole texts, with test titles, and names without strings', () => {
  const source = [
    '/**',
    ' * Weights that are',
    ' * learnt.',
    ' */',
    'const MOST_ROWS = 3; // by now',
    "import { told } from './learntHere';",
    "  test('what was held out', () => undefined);",
    '])(`%s goes on`, () => undefined);',
  ].join('\n');
  const banned = bannedIn(commentsIn('src/a.ts', source));
  expect(banned.map(({ line, words }) => [line, ...words])).toEqual([
    [1, 'learnt'],
    [5, 'by now'],
    [7, 'was held out'],
    [8, 'goes on'],
  ]);
  expect(bannedNames(namesIn('src/a.ts', source)).map(({ text }) => text)).toEqual(['MOST_ROWS', 'told']);
});

test('a hint has at most eight words', () => {
  const hints = filesOf('.')
    .filter((file) => /^src\/.*\.tsx?$/.test(file) && !/\.test\./.test(file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bhint(?:: |=)(['"])(.+?)\1/g)].map(([, , words]) => ({ file, words })),
    );
  expect(hints.length).toBeGreaterThan(100);
  expect(hints.filter(({ words }) => words!.split(' ').length > 8)).toEqual([]);
});

test('words of the guide are found in any form, and everyday words are not', () => {
  for (const text of [
    'What would be learnt is being painted',
    'It goes on with the text that it began with',
    'The rest rests in',
    'Seldom changed',
    'How long may it take',
    'Its weights stand beside the base',
    'Mend this passage',
    'Everything of yours',
    'The licence of a text',
  ])
    expect(bannedWords(text), text).not.toEqual([]);
  for (const text of [
    'Training continues from step 40',
    'Recommended settings',
    'The model learned 7 labels',
    'Restore the rest',
    'Besides, it is fast',
    'What happens next',
  ])
    expect(bannedWords(text), text).toEqual([]);
});

test('strings are found where a person sees them, with the line and the values in braces', () => {
  const source = [
    "import { a } from './learnt things here';",
    "const id = 'not shown'.includes('as a word');",
    'export const Page = ({ step, total }) => (',
    '  <main className="head of page">',
    '    <NumberField label="Steps" hint={step > 1 ? `of ${formatCount(total)} in all` : undefined} />',
    '    Step {formatCount(step)} of <b>{total}</b>',
    '  </main>',
    ');',
    "throw new HomegrownError('bad-file', `${name} is cut off`, 'Save it again.');",
    "if (kind === 'weights alone') throw new Error('no person sees this one');",
  ].join('\n');
  expect(stringsOf('src/features/a/A.tsx', source).map(({ line, text }) => [line, text])).toEqual([
    [6, 'Step {step} of {total}'],
    [5, 'Steps'],
    [5, 'of {total} in all'],
    [9, '{name} is cut off'],
    [9, 'Save it again.'],
  ]);
});

test('the list has strings of pages, typed errors, the terminal and templates', () => {
  const count = (file: RegExp): number => strings.filter((string) => file.test(string.file)).length;
  for (const [file, min] of [
    [/^src\/features\//, 1000],
    [/^src\/(state|app|ui)\//, 500],
    [/^src\/core\//, 2000],
    [/^(cli|node)\//, 500],
    [/^public\/templates\/.*\.md$/, 100],
    [/^public\/templates\/.*\.py$/, 20],
    [/^src\/page\/page\.html$/, 10],
  ] as const)
    expect(count(file), file.source).toBeGreaterThan(min);
  // In kernels and graphs, only typed errors are listed.
  expect(count(/\.wgsl\.ts$/)).toBe(0);
});
