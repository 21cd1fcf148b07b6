import { expect, test } from 'vitest';
import { HomegrownError, toFailure } from '../core/base/errors';
import { explain, headline } from './failures';

test('a record in use by this tab is not reported as in use by another tab', () => {
  const failure = toFailure(
    new HomegrownError('in-use', 'A run is in progress in this tab: stop it first', 'Nothing has changed.'),
  );
  expect(headline(failure)).not.toMatch(/tab/);
  expect(explain(failure)).not.toMatch(/another|that tab/);
});
