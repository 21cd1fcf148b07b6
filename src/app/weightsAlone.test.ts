/** A run with damaged newest checkpoints and intact best weights, over its workers' real halves. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestStudio, lonelyLocks } from '../testing/behindChannels';
import { goldenPage, FINISHED, spoil, STOPPED, withBestWeights } from '../testing/goldenPage';
import { seen } from '../testing/shown';
import { STAGES } from './stages';
import { stepChoices, trained } from '../state/trained';

let page: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

const lineOf = (id: string): string | undefined =>
  STAGES.find((stage) => stage.id === id)?.state(page.studio.getState()).line;

test('is restored as its best step: generates, exports and verifies, and reports that it can’t resume', async () => {
  const store = await withBestWeights();
  for (const step of [100, 120]) await spoil(store, STOPPED, step, 'drop');
  page = await goldenPage(STOPPED, store);
  const { getState } = page.studio;
  expect(seen(getState())).toMatchObject({
    saved: null,
    which: 'best',
    model: { id: STOPPED, usable: { step: 110 } },
    phase: { kind: 'failed', failure: { code: 'storage-damaged' } },
  });
  const { phase } = seen(getState());
  const failure = phase.kind === 'failed' ? phase.failure : undefined;
  expect(failure?.message).toMatch(/^Run .* has no checkpoint to resume from\. Its best weights \(step 110\)/);
  expect(failure?.remedy).toMatch(/Use them in Playground, or export them/);
  expect(getState().toasts.map(({ detail }) => detail)).toContainEqual(
    expect.stringMatching(/Step 110, the best, is used instead/),
  );
  expect(trained(getState(), 'playground')).toMatchObject({
    step: 110,
    notKept: "newer checkpoints can't be opened",
  });
  expect(stepChoices(seen(getState()).model!)).toEqual([]);
  expect([lineOf('train'), lineOf('playground'), lineOf('export')]).toEqual([
    'weights of step 110',
    'step 110',
    undefined,
  ]);

  getState().setSampling({ length: 4 });
  await getState().generate();
  expect(getState().writing).toMatchObject({ kind: 'done', reason: 'length' });
  const taken = await getState().exportModel('hf');
  expect(taken).toMatchObject({ step: 110, name: 'harbour-step-110.zip' });
  expect(taken?.files.map(({ name }) => name)).not.toContain('optimizer.safetensors');
  await vi.waitFor(() => expect(getState().exports.hf?.kind).toBe('verified'), 60_000);

  // Whoever tries all the same hears why, and nothing has changed.
  await getState().resume(130);
  expect(seen(getState()).phase).toMatchObject({ kind: 'failed', failure: { code: 'storage-damaged' } });
  expect(seen(getState()).model?.usable.step).toBe(110);

  // As the page says, the exported folder resumes with the project's text once imported again.
  await vi.waitFor(() => expect(page.downloads[0]?.bytes.length).toBeGreaterThan(0));
  await getState().importModel([new File([page.downloads[0]!.bytes as Uint8Array<ArrayBuffer>], 'harbour.zip')]);
  expect(seen(getState())).toMatchObject({
    saved: { step: 110 },
    which: 'best',
    phase: { kind: 'stopped', step: 110 },
  });
  await getState().resume(111);
  expect(seen(getState()).phase).toEqual({ kind: 'finished', step: 111, of: 111 });
});

test('falls back to its best step if a read finds the damage, and to the newest step of another run', async () => {
  const store = await withBestWeights();
  for (const step of [100, 120]) await spoil(store, STOPPED, step, 'change');
  page = await goldenPage(STOPPED, store);
  const { getState } = page.studio;
  getState().setWhich('playground', 'latest');
  expect(seen(getState())).toMatchObject({ saved: { step: 120 }, which: 'latest', phase: { kind: 'stopped' } });
  getState().setSampling({ length: 4 });
  await getState().generate();
  expect(getState().writing).toMatchObject({
    kind: 'failed',
    failure: { message: expect.stringMatching(/Only the weights of step 110 \(the best\) are saved/) as string },
  });
  expect(seen(getState())).toMatchObject({ saved: null, which: 'best', model: { usable: { step: 110 } } });
  await getState().generate();
  expect(getState().writing).toMatchObject({ kind: 'done' });

  expect(await getState().bringBack(FINISHED)).toBe(true);
  expect(seen(getState())).toMatchObject({ which: 'latest', saved: { step: 40 }, phase: { kind: 'finished' } });
});

test('an unreadable best step that was chosen gives way to the newest', async () => {
  const store = await withBestWeights();
  await spoil(store, STOPPED, 110, 'change');
  page = await goldenPage(STOPPED, store);
  const { getState } = page.studio;
  getState().setWhich('playground', 'best');
  getState().setSampling({ length: 4 });
  await getState().generate();
  expect(seen(getState())).toMatchObject({ which: 'latest', saved: { step: 120 }, writing: { kind: 'failed' } });
  await getState().generate();
  expect(getState().writing).toMatchObject({ kind: 'done' });
});
