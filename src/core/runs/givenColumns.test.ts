/** Columns that were chosen for a table are proposed for the next one with the same columns. */
import { expect, test } from 'vitest';
import { type GivenColumns, givenColumnsSchema, givenFor, withGiven } from './givenColumns';

const DESKS: GivenColumns = {
  names: ['note', 'desk', 'subject'],
  tunes: 'classify',
  columns: { text: 'subject', besides: ['note'], label: 'desk' },
  between: ';',
};

test('a table with the same columns, in any order, gets the choice; other columns and purposes do not', () => {
  const all = withGiven([], DESKS);
  expect(givenFor(all, ['subject', 'note', 'desk'], 'classify')).toMatchObject({
    columns: DESKS.columns,
    between: ';',
  });
  for (const names of [
    ['subject', 'note'],
    ['subject', 'note', 'desk', 'date'],
    ['subject', 'note', 'Desk'],
  ])
    expect(givenFor(all, names, 'classify')).toBeUndefined();
  expect(givenFor(all, DESKS.names, 'instruct')).toBeUndefined();
  expect(givenColumnsSchema.parse(JSON.parse(JSON.stringify(all)))).toEqual(all);
});

test('the newest choice for the same columns counts, and the list stays short', () => {
  const newer: GivenColumns = { ...DESKS, columns: { text: 'note', label: 'desk' }, between: null };
  expect(givenFor(withGiven(withGiven([], DESKS), newer), DESKS.names, 'classify')).toMatchObject({
    columns: newer.columns,
    between: null,
  });
  expect(withGiven(withGiven([], DESKS), newer)).toHaveLength(1);
  const many = Array.from({ length: 20 }, (_, i) => ({ ...DESKS, names: [`column ${i}`] }));
  expect(many.reduce<readonly GivenColumns[]>(withGiven, []).map(({ names }) => names[0])).toEqual(
    Array.from({ length: 8 }, (_, i) => `column ${19 - i}`),
  );
  const wide = { ...DESKS, names: Array.from({ length: 41 }, (_, i) => `column ${i}`) };
  expect(withGiven([], wide)).toEqual([]);
});
