/** The shortest useful text trains from end to end and shows the next step. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { shownRun } from './openRun';

const LINE = 'Call me Ishmael. Some years ago, never mind how long precisely, I thought I would sail about a little. ';
let page: TestStudio;
beforeAll(() => void vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => page.close());

test.each(['bpe', 'characters', 'bytes'] as const)(
  'a text of 200 bytes is trained on, tokenized by %s',
  async (kind) => {
    const store = memoryStore();
    page = testStudio(store);
    const { getState } = page.studio;
    await getState().load();
    await getState().addPaste(LINE.repeat(2).slice(0, 200), 'short.txt');
    getState().change({ tokenizerChoice: { kind, vocabulary: 1024 } });
    getState().setModel('context', 512);
    getState().setRecipe({ steps: 3, warmup: 0, evalEvery: 2, saveEvery: 3, batch: 2 });
    await getState().start();
    const run = shownRun(getState(), 'train');
    expect(run.phase).toEqual({ kind: 'finished', step: 3, of: 3 });
    const { context } = run.record!.model.config;
    expect(context).toBeLessThan(200);
    expect(context).toBe(getState().project.data!.manifest.parts.train.tokens - 1);
    expect(getState().project.model.config.context).toBe(512); // keeps the setting for a longer text
    expect(run.log.evaluations.map(({ step }) => step)).toEqual([0, 2, 3]);
    expect(run.log.evaluations.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(getState().toasts.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/the context shrinks from/),
    );
  },
);
