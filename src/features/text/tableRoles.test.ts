/** Roles proposed in the table dialog. */
import { expect, test } from 'vitest';
import { withGiven } from '../../core/runs/givenColumns';
import { proposedRoles } from './tableRoles';

const HEAD = {
  columns: ['subject', 'note', 'desk'],
  rows: Array.from({ length: 6 }, (_, i) => [`Opening hours ${i}`, `A longer note on ${i}`, i % 2 ? 'Hours' : 'Loans']),
};

test('a second table with the same columns gets the roles of the first', () => {
  const guessed = proposedRoles(HEAD, 'classify', []);
  const chosen = { text: 'subject', label: 'note' };
  expect(guessed).not.toEqual(chosen);
  const given = withGiven([], { names: HEAD.columns, tunes: 'classify', columns: chosen, between: null });
  expect(proposedRoles({ ...HEAD, columns: ['desk', 'note', 'subject'] }, 'classify', given)).toEqual(chosen);
  expect(proposedRoles(HEAD, 'instruct', given)).not.toEqual(chosen);
  expect(proposedRoles({ ...HEAD, columns: ['subject', 'note', 'team'] }, 'classify', given)).not.toEqual(chosen);
});
