import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FailureCode } from '../../core/base/errors';
import { remedies } from './advice';

const CODES: readonly FailureCode[] = [
  'bad-file',
  'bad-settings',
  'out-of-memory',
  'device-lost',
  'device-gone',
  'diverged',
  'storage-full',
  'storage-damaged',
  'storage-blocked',
  'in-use',
  'load-failed',
  'bug',
];
const NONE = { resume: false, export: false, wasm: false, halve: false, free: false, back: false, lostAgain: false };
const flags = fc.record({
  resume: fc.boolean(),
  export: fc.boolean(),
  wasm: fc.boolean(),
  halve: fc.boolean(),
  free: fc.boolean(),
  back: fc.boolean(),
  lostAgain: fc.boolean(),
});

test('there is always a remedy, and only possible ones', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CODES), flags, (code, possible) => {
      const list = remedies(code, possible);
      expect(list.length).toBeGreaterThan(0);
      expect(list.includes('resume') && !possible.resume).toBe(false);
      expect(list.includes('restart') && possible.resume).toBe(false);
      expect(list.includes('useWasm') && !possible.wasm).toBe(false);
      expect(list.includes('export') && !possible.export).toBe(false);
      expect(list.includes('free') && !possible.free).toBe(false);
      expect(list.includes('back')).toBe(possible.back);
    }),
  );
});

test('a lost device leads to resume, and insufficient memory to smaller settings', () => {
  const all = { ...NONE, resume: true, export: true, wasm: true, halve: true };
  expect(remedies('device-lost', all)[0]).toBe('resume');
  expect(remedies('out-of-memory', all)[0]).toBe('halveBatch');
  expect(remedies('out-of-memory', { ...all, halve: false })[0]).toBe('settings');
});

test('a full disk leads to deleting checkpoints, and a GPU lost twice to WASM', () => {
  expect(remedies('storage-full', { ...NONE, free: true })[0]).toBe('free');
  expect(remedies('storage-full', NONE)[0]).toBe('texts');
  expect(remedies('device-lost', { ...NONE, resume: true, wasm: true })[0]).toBe('resume');
  expect(remedies('device-lost', { ...NONE, resume: true, wasm: true, lostAgain: true })[0]).toBe('useWasm');
  expect(remedies('device-gone', { ...NONE, wasm: true })[0]).toBe('useWasm');
});
