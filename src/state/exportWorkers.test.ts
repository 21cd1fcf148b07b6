/** The export slice over the real worker implementations, each behind a channel. */
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Exported } from '../core/export/format';
import type { TestStudio } from '../testing/behindChannels';
import { exportStudio } from '../testing/exportStudio';
import { trainedModels } from '../testing/trainedModel';
import { seen, showing } from '../testing/shown';

let model: Exported;
let taken: TestStudio;
beforeAll(async () => {
  model = (await trainedModels())[0]!;
  // As in Safari: without 64-bit memory our own reader opens GGUF, whatever Node supports.
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
}, 240_000);
beforeEach(async () => {
  taken = await exportStudio(model);
});
afterEach(() => taken.close());

const settled = (format: 'hf' | 'gguf-f16') =>
  vi.waitFor(() => {
    const exporting = taken.studio.getState().exports[format];
    expect(exporting?.kind).toBe('verified');
    return exporting;
  }, 60_000);

test('a folder is exported as a zip, with optimizer state only on request, and is verified', async () => {
  const { getState } = taken.studio;
  const namesOf = async (): Promise<readonly string[]> =>
    (await getState().exportModel('hf'))!.files.map(({ name }) => name);
  expect(await namesOf()).not.toContain('optimizer.safetensors');
  await settled('hf');
  getState().setWithOptimizer(true);
  expect(await namesOf()).toContain('optimizer.safetensors');
  await settled('hf');
  expect(taken.downloads.map(({ name }) => name)).toEqual([`${model.name}.zip`, `${model.name}.zip`]);
  expect(taken.downloads[1]!.bytes.length).toBeGreaterThan(2 * taken.downloads[0]!.bytes.length);
});

test('a sidecar belongs to the exported file, which is exported first if missing', async () => {
  const { getState } = taken.studio;
  await getState().downloadSidecars('gguf-f16');
  await settled('gguf-f16');
  await getState().downloadSidecars('gguf-f16');
  await vi.waitFor(() => expect(taken.downloads.at(-1)!.bytes.length).toBeGreaterThan(0));
  const [file, sidecar, again] = taken.downloads;
  expect(taken.downloads.length).toBe(3); // The file is not exported again.
  expect(sidecar!.name).toBe(file!.name.replace('.gguf', '.Modelfile'));
  expect(new TextDecoder().decode(again!.bytes)).toContain(`FROM ./${file!.name}\n`);
});

test('a missing step is reported with its failure, and nothing is exported', async () => {
  const { getState } = taken.studio;
  const { steps } = seen(getState());
  showing(taken.studio, { steps: steps.map((step) => ({ ...step, step: step.step + 1 })) });
  expect(await getState().exportModel('gguf-f16')).toBeUndefined();
  expect(getState().exports['gguf-f16']).toMatchObject({ kind: 'failed' });
  expect(taken.downloads).toEqual([]);
});
