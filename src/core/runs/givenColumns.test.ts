/** Proposes the columns that were chosen for an earlier table with the same columns. */
import { expect, test } from 'vitest';
import { type GivenColumns, givenColumnsSchema, givenFor, withGiven } from './givenColumns';

const DESKS: GivenColumns = {
  names: ['note', 'desk', 'subject'],
  tunes: 'classify',
  columns: { text: 'subject', besides: ['note'], label: 'desk' },
  between: ';',
};

test('proposes the choice for a table with the same columns, in any order, but not for other columns or purposes', () => {
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

test('uses the newest choice for the same columns, and keeps the list short', () => {
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
