import { expect, test } from 'vitest';
import { inertServices } from '../testing/inertServices';
import { hasOwnData, offlineTest, privacyRows } from './privacy';
import { createStudio } from './studio';

const rows = (given: Partial<Parameters<typeof privacyRows>[0]>): readonly string[] =>
  privacyRows({
    requests: { own: 0, elsewhere: 0 },
    offline: { kind: 'not here' },
    usage: undefined,
    hasData: true,
    ...given,
  }).map(({ label, value }) => `${label}: ${value}`);

test('each figure says what it counts: files of the app, saved app files, and a person’s data', () => {
  expect(
    rows({
      requests: { own: 1412, elsewhere: 0 },
      offline: { kind: 'keeping', hasCore: true, bytes: 4_400_000, of: 51_600_000 },
      usage: { bytes: 1_200_000, persistent: true },
    }),
  ).toEqual([
    'Requests to other sites: 0',
    'Loaded from this site: 1,412 files of this app',
    'Works offline: opening and training; the rest is being saved',
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

test("before a person adds anything, the browser's own overhead is not their data", () => {
  const stored = (hasData: boolean | undefined): string | undefined =>
    rows({ usage: { bytes: 52_200, persistent: false }, hasData }).at(-1);
  expect([false, undefined, true].map(stored)).toEqual([
    'Your data, stored here: none yet',
    'Your data, stored here: –',
    'Your data, stored here: less than 1 MB',
  ]);

  const { getState, setState } = createStudio(inertServices());
  expect(hasOwnData(getState())).toBeUndefined();
  const row = { id: 'p', name: 'sea', openedAt: 0, texts: 0, runs: 0, bytes: null };
  setState({ projects: [row] });
  expect(hasOwnData(getState())).toBe(false);
  setState({ projects: [row, { ...row, id: 'q', runs: 1 }] });
  expect(hasOwnData(getState())).toBe(true);
  setState({ projects: [row], texts: [{}] as never });
  expect(hasOwnData(getState())).toBe(true);
});

test('the offline test is offered before all files are saved, and detects that the network is off', () => {
  const kept = { kind: 'kept', bytes: 9 } as const;
  const keeping = { kind: 'keeping', hasCore: true, bytes: 1, of: 9 } as const;
  expect(offlineTest(kept, true)).toBe('To check it, turn off your network: everything still works.');
  expect(offlineTest(keeping, true)).toMatch(/wait until “Works offline” says everything\. Then turn off your network/);
  for (const offline of [kept, keeping]) expect(offlineTest(offline, false)).toMatch(/^Your network is off now/);
  expect(offlineTest({ kind: 'not here' }, true)).toBeUndefined();
});
