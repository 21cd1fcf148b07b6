import { expect, test } from 'vitest';
import { privacyRows } from './privacy';

const rows = (given: Partial<Parameters<typeof privacyRows>[0]>): readonly string[] =>
  privacyRows({
    requests: { own: 0, elsewhere: 0 },
    offline: { kind: 'not here' },
    usage: undefined,
    ...given,
  }).map(({ label, value }) => `${label}: ${value}`);

test('each figure says what it counts: files of the app, app files saved, and a person’s data', () => {
  expect(
    rows({
      requests: { own: 1412, elsewhere: 0 },
      offline: { kind: 'keeping', hasCore: true, bytes: 4_400_000, of: 51_600_000 },
      usage: { bytes: 1_200_000, persistent: true },
    }),
  ).toEqual([
    'Requests to other sites: 0',
    'Loaded from this site: 1,412 files of this app',
    'Works offline: training',
    'App files, saved here: 4.4 MB of 51.6 MB',
    'Your data, stored here: 1.2 MB, kept until you delete it',
  ]);
  expect(rows({ requests: { own: 1, elsewhere: 2 }, offline: { kind: 'kept', bytes: 51_600_000 } })).toEqual([
    'Requests to other sites: 2',
    'Loaded from this site: 1 file of this app',
    'Works offline: everything',
    'App files, saved here: all 51.6 MB',
    'Your data, stored here: –',
  ]);
});
