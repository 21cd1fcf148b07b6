/** The checks of what was exported: one at a time, and none that was stopped. */
import { expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { RunLog } from './runLog';
import { createStudio } from './studio';

const alone = {
  announce: () => undefined,
  listen: () => undefined,
  holdTraining: () => Promise.resolve({ release: () => undefined }),
  isTraining: () => Promise.resolve(false),
};

test('a check that was stopped while it waited does not run, though a newer file waits for its own', async () => {
  const checked: string[] = [];
  let fail = (): void => undefined;
  let files = 0;
  const calls: Record<string, (input: { file: Blob }) => Promise<unknown>> = {
    exportModel() {
      const name = `file-${++files}`;
      return Promise.resolve({ file: new Blob([name]), name, files: [], sidecars: [] });
    },
    reference: () => Promise.resolve({}),
    async verify({ file }) {
      checked.push(await file.text());
      return new Promise((_, reject) => (fail = () => reject(new Error('no'))));
    },
  };
  const worker = {
    call: (method: string, input: unknown) => calls[method]!(input as never) as never,
    end: () => undefined,
  };
  const studio = createStudio({
    ...{ data: worker, gpu: worker, verify: worker, store: memoryStore(), now: () => 0, newId: () => 'id' },
    tabs: alone,
    wakeLock: { hold: () => undefined, release: () => undefined },
    download: () => undefined,
  });
  studio.getState().change({ runId: 'r' });
  studio.setState({
    model: {
      run: { id: 'r', model: { id: 'gpt' } } as never,
      log: new RunLog(),
      saved: { step: 1, bytes: 1, at: null },
    },
    savedSteps: [{ step: 1, bytes: 1, holds: 'all', latest: true, best: true, loss: null }],
  });

  const { exportModel, endExports } = studio.getState();
  await exportModel('onnx-f32');
  await vi.waitFor(() => expect(checked).toEqual(['file-1']));
  await exportModel('hf'); // waits for that check
  await exportModel('hf'); // and so does this; the one before is stopped
  fail();
  await vi.waitFor(() => expect(checked).toContain('file-3'));
  expect(checked).toEqual(['file-1', 'file-3']);
  // Where another model takes the place, what is checked of this one ends, and says nothing more.
  endExports();
  await vi.waitFor(() => expect(studio.getState().exports).toEqual({}));
});
