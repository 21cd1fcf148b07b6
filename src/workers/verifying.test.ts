/** A saved step as a file, and the file in a second engine, over the workers' halves behind channels. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Options } from '../client/connect';
import type { Progress } from '../core/base/job';
import { readKnownRun } from '../core/runs/record';
import { type TestStudio } from '../testing/behindChannels';
import { goldenPage, STOPPED } from '../testing/goldenPage';
import { matches } from '../core/verify/compare';

let page: Awaited<ReturnType<typeof goldenPage>>;
let verify: TestStudio['verify'];
beforeAll(async () => {
  page = await goldenPage(STOPPED);
  ({ verify } = page);
});
afterAll(() => page.close());
const exported = (which: number, options?: Options<Progress>) =>
  page.data.call('exportModel', { runId: STOPPED, which, format: 'safetensors', withOptimizer: false }, options);

test('a file is exported in pieces with the size that it states, and a stop ends the export', async () => {
  const reports: Progress[] = [];
  const { file, name, files, sidecars } = await exported(120, { onProgress: (p) => void reports.push(p) });
  expect(files).toEqual([{ name, size: file.size }]);
  expect(sidecars).toEqual([]);
  expect(reports.at(-1)).toEqual({ label: `Writing ${name}`, done: file.size, of: file.size, unit: 'bytes' });
  await expect(exported(120, { signal: AbortSignal.abort() })).rejects.toThrow();
  await expect(exported(77)).rejects.toMatchObject({ message: 'This run has no saved step 77' });
});

test('a file reproduces its own checkpoint and no other; a changed one is refused', async () => {
  const { file } = await exported(120);
  const { model } = await readKnownRun(page.store, STOPPED);
  const ask = { file, format: 'safetensors', model } as const;
  const [ours, other] = await Promise.all([
    page.gpu.call('reference', { runId: STOPPED, which: 120 }),
    page.gpu.call('reference', { runId: STOPPED, which: 100 }),
  ]);
  const reports: Progress[] = [];
  const figures = await verify.call('verify', { ...ask, ours }, { onProgress: (p) => void reports.push(p) });
  expect(matches(figures)).toBe(true);
  expect(reports[0]?.label).toBe('Opening it in another engine');
  expect(reports.at(-1)).toMatchObject({ of: figures.places + figures.tokens });
  expect(matches(await verify.call('verify', { ...ask, ours: other }))).toBe(false);

  const bytes = new Uint8Array(await file.arrayBuffer());
  bytes[bytes.length - 5]! ^= 0x40;
  await expect(verify.call('verify', { ...ask, file: new Blob([bytes]), ours })).rejects.toMatchObject({
    code: 'bad-file',
  });
});
