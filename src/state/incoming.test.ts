/** External models over the real worker implementations: previewed, then imported or discarded. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { exportedFrom } from '../core/export/exported';
import { ggufFile } from '../core/export/formats/gguf/write';
import { readBytes } from '../core/files/byteSource';
import { modelSpec } from '../core/models';
import { initialValues } from '../core/models/network';
import { initialProject } from '../core/runs/project';
import { readProject, saveProject } from '../core/runs/projects';
import { lonelyLocks } from '../testing/behindChannels';
import { FINISHED, goldenPage } from '../testing/goldenPage';
import { CHARACTER_OF_BYTE } from '../core/tokenizer/alphabet';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { modelOf } from './openRun';

let page: Awaited<ReturnType<typeof goldenPage>>;
let file: File;
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  const flags = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  const tokenizer = await createTokenizer({
    kind: 'bpe',
    merges: [],
    elsewhere: {
      split: 'smollm',
      spellings: ['<|im_end|>', ...CHARACTER_OF_BYTE],
      added: [{ id: 0, role: 'end', ...flags }],
      names: { eos_token: '<|im_end|>' },
    },
  });
  const config = modelSpec('llama').presets[0]!.config;
  const model = { id: 'llama' as const, config, vocabulary: tokenizer.size };
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: initialValues(model, 1) };
  const made = await exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'Foal', 0);
  file = new File([await readBytes(ggufFile(made, 'F16'))], 'foal.gguf');
});
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

test('a model is previewed first, then discarded, or imported with the chosen context', async () => {
  page = await goldenPage(FINISHED);
  const { getState } = page.studio;
  const keys = await page.store.keys('');
  await getState().importModel([file]);
  expect(getState().incoming).toMatchObject({
    files: [file],
    preview: {
      model: { id: 'llama', config: { context: 64 }, vocabulary: 257 },
      stated: { format: 'GGUF', name: 'Foal', precision: ['F16', 'F32'] },
      tokenizer: { split: 'smollm', special: 1, missing: 0 },
      isContextFree: true,
    },
  });
  expect(await page.store.keys('')).toEqual(keys);
  getState().leaveIncoming();
  expect(getState()).toMatchObject({ incoming: null, project: { runId: FINISHED } });
  await getState().takeIncoming(32);
  expect(await page.store.keys('')).toEqual(keys);

  await getState().importModel([file]);
  await getState().takeIncoming(32);
  expect(getState().incoming).toBeNull();
  const { record } = modelOf(getState(), 'export')!;
  expect(record).toMatchObject({
    name: 'Foal',
    step: 0,
    model: { id: 'llama', config: { context: 32 } },
    tokenizer: { kind: 'bpe' },
    origin: { name: 'foal.gguf', title: 'Foal' },
  });
});

test('an unconfirmed model goes with its project, and a file without a model is reported', async () => {
  page = await goldenPage(FINISHED);
  const { getState } = page.studio;
  await saveProject(page.store, await readProject(page.store, 'a'), initialProject('a', 1));
  await getState().importModel([file]);
  expect(await getState().open('a')).toBe(true);
  expect(getState().incoming).toBeNull();
  await getState().importModel([new File(['GGUF and no more'], 'torn.gguf')]);
  expect(getState().importingModel).toMatchObject({ kind: 'failed', failure: { code: 'bad-file' } });
});
