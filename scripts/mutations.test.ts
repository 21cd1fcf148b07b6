import { expect, test } from 'vitest';
import { apply, keyOf, KINDS, mutationsOf, sample, type Mutation } from './mutations';

const TEXT = `import { a } from './a';
type Two = 1 | 2;
interface Row { size: 3 }
export async function sum(rows: number[], from = 1e3, options = { 5: true }): Promise<number> {
  let total = 0;
  for (let i = from; i < rows.length - 1; i++) total += rows[i]! / 2;
  if (total > 9) await a(total);
  const kept = await a(total);
  return kept ? 0.25 : total % from;
}
`;
const mutations = mutationsOf('sum.ts', TEXT);
/** Changes that mutations of a kind make to the original. */
const changes = (kind: Mutation['kind']): string[][] =>
  mutations.filter((each) => each.kind === kind).map(({ original, replacement }) => [original, replacement]);

test('each kind changes its target, and no type or property name', () => {
  expect(changes('negated condition')).toEqual([
    ['i < rows.length - 1', '!(i < rows.length - 1)'],
    ['total > 9', '!(total > 9)'],
    ['kept', '!(kept)'],
  ]);
  expect(changes('off by one')).toEqual([
    ['i < rows.length - 1', 'i <= rows.length - 1'],
    ['rows.length - 1', 'rows.length'],
    ['total > 9', 'total >= 9'],
  ]);
  expect(changes('swapped operands')).toEqual([
    ['i < rows.length - 1', '(rows.length - 1) < (i)'],
    ['rows.length - 1', '(1) - (rows.length)'],
    ['rows[i]! / 2', '(2) / (rows[i]!)'],
    ['total > 9', '(9) > (total)'],
    ['total % from', '(from) % (total)'],
  ]);
  expect(changes('removed call')).toEqual([['await a(total);', ';']]);
  expect(changes('changed constant')).toEqual([
    ['1e3', '2000'],
    ['true', 'false'],
    ['0', '1'],
    ['1', '2'],
    ['2', '3'],
    ['9', '10'],
    ['0.25', '0.5'],
  ]);
});

test('a mutation changes one place, and is found again after lines moved', () => {
  const [removed] = mutations.filter(({ kind }) => kind === 'removed call');
  expect(removed).toMatchObject({ line: 7, context: 'if (total > 9) await a(total);', occurrence: 0 });
  expect(apply(TEXT, removed!)).toBe(TEXT.replace('(total > 9) await a(total);', '(total > 9) ;'));
  const moved = mutationsOf('sum.ts', `// A comment.\n${TEXT}`);
  expect(moved.map(keyOf)).toEqual(mutations.map(keyOf));
  expect(moved.map(({ line }) => line)).toEqual(mutations.map(({ line }) => line + 1));
});

test('the order distinguishes equal mutations on equal lines', () => {
  const twice = mutationsOf('a.ts', 'f();\nf();\n');
  expect(twice.map(({ line, occurrence }) => [line, occurrence])).toEqual([
    [1, 0],
    [2, 1],
  ]);
  expect(new Set(twice.map(keyOf)).size).toBe(2);
});

test('a sample has equally many of each kind, and only a changed file changes its own draw', () => {
  const other = (size: number) => mutationsOf('other.ts', `let x = [${'7, '.repeat(size)}];`);
  const drawn = sample([...mutations, ...other(4)], 1, 10);
  expect(sample([...mutations, ...other(4)].reverse(), 1, 10)).toEqual(drawn);
  for (const kind of KINDS.filter((kind) => kind !== 'removed call'))
    expect(drawn.filter((each) => each.kind === kind).length, kind).toBeGreaterThanOrEqual(2);
  expect(drawn).toHaveLength(10);
  const ofSum = (all: readonly Mutation[]) =>
    all.filter(({ file, kind }) => file === 'sum.ts' && kind !== 'changed constant');
  expect(ofSum(sample([...mutations, ...other(50)], 1, 10))).toEqual(ofSum(drawn));
  expect(sample(mutations, 2, 5)).not.toEqual(sample(mutations, 1, 5));
  expect(sample(mutations, 1, 1000)).toHaveLength(mutations.length);
});
