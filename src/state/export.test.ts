/** Verification of exported files over the real worker implementations: one at a time, and none after a stop. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { initialProject } from '../core/runs/project';
import { readProject, saveProject } from '../core/runs/projects';
import { lonelyLocks } from '../testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../testing/goldenPage';
import { modelOf } from './openRun';

let page: Awaited<ReturnType<typeof goldenPage>>;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

test('a check that is stopped while waiting does not run, even if a newer file waits for its own', async () => {
  const checked: string[] = [];
  let die = (): void => undefined;
  page = await goldenPage(FINISHED, undefined, ({ verify }) => {
    const real = verify.verify;
    verify.verify = (input, job) => {
      checked.push(input.format);
      if (checked.length > 1) return real(input, job);
      return new Promise((_, reject) => (die = () => reject(new Error('The engine died'))));
    };
  });
  const { getState } = page.studio;
  await getState().exportModel('onnx-f32');
  await vi.waitFor(() => expect(checked).toEqual(['onnx-f32']), 10_000);
  await getState().exportModel('hf'); // waits for that check
  const first = getState().exports.hf;
  await getState().exportModel('hf'); // also waits; the first one is stopped
  expect(getState().exports.hf).toMatchObject({ kind: 'waiting' });
  expect(getState().exports.hf).not.toBe(first);
  die();
  await vi.waitFor(() => expect(getState().exports.hf?.kind).toBe('verified'), 30_000);
  expect(getState().exports['onnx-f32']).toMatchObject({ kind: 'unchecked', failure: { message: 'The engine died' } });
  expect(checked).toEqual(['onnx-f32', 'hf']);
  // When another model replaces this one, its file states are dropped, and its check reports nothing more.
  await getState().exportModel('hf');
  getState().endExports();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(getState().exports).toEqual({});
  // The last chosen format stays selected.
  expect(getState().exportChoice).toBe('hf');
});

test('undoing an import after another project opened changes the project that received it', async () => {
  page = await goldenPage(FINISHED);
  const { getState } = page.studio;
  const { store } = page;
  await getState().exportModel('hf');
  await vi.waitFor(() => expect(page.downloads[0]?.bytes.length).toBeGreaterThan(0));
  await getState().importModel([new File([page.downloads[0]!.bytes as Uint8Array<ArrayBuffer>], 'sea.zip')]);
  const { undo } = getState().toasts.at(-1)!;
  const { id, runId } = getState().project;
  expect(runId).not.toBe(FINISHED);
  await saveProject(store, await readProject(store, 'a'), initialProject('a', 1));
  expect(await getState().open('a')).toBe(true);
  undo!();
  await vi.waitFor(async () => expect(await store.get(`projects/${id}`)).toMatchObject({ runId: FINISHED }));
  await getState().flush();
  expect(getState().project).toMatchObject({ id: 'a', runId: null });
  expect(getState().toasts.map(({ text }) => text)).not.toContain("Couldn't open this run");
});

test('an import sets the settings of an untouched project; another project keeps its own', async () => {
  page = await goldenPage(FINISHED);
  const { getState } = page.studio;
  await getState().exportModel('hf');
  await vi.waitFor(() => expect(page.downloads[0]?.bytes.length).toBeGreaterThan(0));
  const zip = new File([page.downloads[0]!.bytes as Uint8Array<ArrayBuffer>], 'sea.zip');
  const before = getState().project.model;
  await getState().importModel([zip]);
  expect(getState().project.model).toEqual(before);
  expect(await getState().newProject()).toBe(true);
  await getState().importModel([zip]);
  const { model, tokenizer } = modelOf(getState(), 'export')!.record;
  expect(getState().project).toMatchObject({
    model: { id: model.id, config: model.config },
    tokenizerChoice: { kind: tokenizer.kind, vocabulary: model.vocabulary },
  });
});

test('the exports of a run and their times return when the page shows it again', async () => {
  page = await goldenPage(FINISHED);
  const { getState } = page.studio;
  await getState().exportModel('hf');
  await vi.waitFor(() => expect(getState().exports.hf?.kind).toBe('verified'), 30_000);
  const before = getState().exports.hf;
  await getState().show('export', STOPPED);
  expect(getState().exports).toEqual({});
  await getState().show('export', null);
  expect(getState().exports.hf).toBe(before);
  expect(before).toMatchObject({ file: { runId: FINISHED, at: expect.any(Number) as number } });
});
