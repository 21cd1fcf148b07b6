/**
 * Store of the last build with one project: a freed run, one whose best step has only weights, one that resumed with
 * other text.
 */
import { expect, test, vi } from 'vitest';
import { sha256Hex } from '../core/base/hash';
import { unwatched } from '../core/base/job';
import { listSnapshots, loadSnapshot } from '../core/checkpoint/checkpoint';
import { listTexts } from '../core/documents';
import { importHuggingFace } from '../core/export/formats/huggingFace/import';
import { listRuns } from '../core/runs/record';
import { continued } from '../testing/continued';
import { continuations, filesUnder, goldenFile, goldenFolder, goldenStore } from '../testing/golden';
import { listUnreadable } from './unreadable';

const BUILD = '1608a14';
vi.stubGlobal('navigator', {}); // Node has a read-only navigator since version 21

test('the stored bytes are those of that build', async () => {
  const files = filesUnder('.', BUILD);
  const hashes = await Promise.all(files.map(async (path) => `${await sha256Hex(goldenFile(path, BUILD))} ${path}\n`));
  expect(await sha256Hex(hashes.join(''))).toBe('f7d8b98caa161c7bbdb2f424c7e4c6c9fe90ee79e943a88c562299aca87d14cf');
});

test('every record is readable, and every checkpoint opens', async () => {
  const store = await goldenStore(BUILD);
  const runs = await listRuns(store);
  const kept = [];
  for (const { id, status, step } of runs) {
    expect(await listUnreadable(store, id)).toEqual([]);
    const steps = await listSnapshots(store, id);
    for (const { step } of steps) expect((await loadSnapshot(store, id, step)).damaged).toEqual([]);
    kept.push([status, step, steps.map(({ step, holds }) => `${step} ${holds}`).sort()]);
  }
  expect(kept).toEqual([
    ['stopped', 0, ['0 all']], // a stranger's
    ['stopped', 147, ['100 all', '120 weights', '147 all']],
    ['finished', 40, ['20 all', '40 all']],
    ['finished', 10, []], // freed
    ['finished', 24, ['12 all', '24 all']], // imported, and resumed on other text
  ]);
});

test('removed items are not listed, and stay stored for an undo', async () => {
  const store = await goldenStore(BUILD);
  expect((await listTexts(store)).map(({ name }) => name)).toEqual(['harbour.txt', 'page.html']);
  expect(await store.keys('text/289ab2eb8864dcdc/')).toHaveLength(1);
});

test.each(continuations(BUILD))(
  'resumes run $runId from step $from with the same bits as before',
  async (continuation) => {
    expect(await continued(await goldenStore(BUILD), continuation)).toEqual(continuation.steps);
  },
);

test('a model that the CLI trained can resume', async () => {
  const { info, resumable } = await importHuggingFace(goldenFolder('grown/bytes', BUILD), unwatched);
  expect(info).toMatchObject({ tokenizer: 'bytes', state: { step: 12 }, result: { step: 12 } });
  expect(resumable).toBe(true);
});
