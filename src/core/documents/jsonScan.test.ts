import { expect, test } from 'vitest';
import { JsonScan, NO_LEVEL } from './jsonScan';

test('allocates no table of names for JSON without names', () => {
  const before = process.memoryUsage().arrayBuffers;
  const scans = Array.from({ length: 200 }, () => {
    const scan = new JsonScan();
    scan.next('[1,["two"]]', 0, NO_LEVEL);
    return scan;
  });
  expect((process.memoryUsage().arrayBuffers - before) / 1e6).toBeLessThan(100);
  expect(scans.every(({ depth }) => depth === 0)).toBe(true);
});
