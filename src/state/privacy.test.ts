import { expect, test } from 'vitest';
import { requestWords } from './privacy';

test('each count of requests says whom they went to, and what those to this site are for', () => {
  expect(requestWords({ own: 1412, elsewhere: 0 })).toEqual([
    { label: 'Requests to other sites', value: '0' },
    { label: 'Requests to this site', value: '1,412, all for the app’s own files' },
  ]);
});
