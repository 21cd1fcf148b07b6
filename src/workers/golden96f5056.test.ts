/** Store of the last build whose runs contained their tokenizers' merges, with pinned and light checkpoints. */
import { expect, test, vi } from 'vitest';
import { sha256Hex } from '../core/base/hash';
import { unwatched } from '../core/base/job';
import { listSnapshots, loadSnapshot } from '../core/checkpoint/checkpoint';
import { overview } from '../core/checkpoint/overview';
import { migrate } from '../core/runs/migrate';
import { manifestOf } from '../core/runs/data';
import { listRuns } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { continued } from '../testing/continued';
import { continuations, filesUnder, goldenFile, goldenStore } from '../testing/golden';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { listUnreadable } from './unreadable';

const BUILD = '96f5056';
vi.stubGlobal('navigator', {}); // Node has a read-only navigator since version 21

test('the stored bytes are those of that build', async () => {
  const files = filesUnder('.', BUILD);
  const hashes = await Promise.all(files.map(async (path) => `${await sha256Hex(goldenFile(path, BUILD))} ${path}\n`));
  expect(await sha256Hex(hashes.join(''))).toBe('848aef307b31f33e50640df5825a4f302c60f0db20e6af2a4cb1ad34a3d48c53');
});

test('before and after migration, every record is readable, every checkpoint opens, and lists report their sizes', async () => {
  const store = await goldenStore(BUILD);
  for (const isMigrated of [false, true]) {
    if (isMigrated) await migrate(store, () => 'x', unwatched);
    const all = await overview(store);
    const kept = [];
    for (const run of await listRuns(store)) {
      const { id, status, step } = run;
      expect(await listUnreadable(store, id)).toEqual([]);
      const steps = await listSnapshots(store, id);
      for (const { step } of steps) expect((await loadSnapshot(store, id, step)).damaged).toEqual([]);
      const bytes = steps.reduce((sum, each) => sum + each.bytes, 0);
      expect(await all.keptOf(id)).toEqual({ step, bytes });
      expect(await all.bytesOf(id)).toBe(bytes);
      const tokenizer = await createTokenizer(await readTokenizer(store, run));
      expect(tokenizer.hash).toBe((await manifestOf(store, run))!.tokenizerHash);
      expect(tokenizer.size).toBe(300);
      kept.push([status, steps.filter(({ pinned }) => pinned).map((each) => each.step), steps.length]);
    }
    expect(kept).toEqual([
      ['stopped', [], 10],
      ['finished', [16], 8],
    ]);
  }
});

test.each(continuations(BUILD))(
  'resumes run $runId from step $from with the same bits as before',
  async (continuation) => {
    expect(await continued(await goldenStore(BUILD), continuation)).toEqual(continuation.steps);
  },
);
