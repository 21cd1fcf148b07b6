/** What Homegrown wrote, given back to it: it is a model again, or it is said which of its files would be. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { bytesSource } from '../files/byteSource';
import { zipped } from '../files/zip';
import { trainedModels } from '../testing/trainedModel';
import { useSingleThreadWasm } from '../testing/wasm';
import type { Exported } from './format';
import { type FormatId, FORMATS } from './formats';
import { importModel } from './importModel';
import type { ImportedModel } from './incoming';

const template = (path: string) =>
  readFile(fileURLToPath(new URL(`../../../public/templates/${path}`, import.meta.url)), 'utf8');
let model: Exported;
beforeAll(async () => {
  [model] = (await trainedModels()) as [Exported];
  await useSingleThreadWasm();
}, 240_000); // The models are trained by whichever test needs them first.

async function back(format: FormatId): Promise<ImportedModel> {
  const files = await FORMATS[format].files(model, { withOptimizer: true, template });
  const pieces: Uint8Array[] = [];
  for await (const piece of zipped(files, unwatched)) pieces.push(piece.slice());
  return importModel([{ name: 'it.zip', source: bytesSource(Buffer.concat(pieces)) }], unwatched);
}

const folders = (Object.keys(FORMATS) as FormatId[]).filter(
  (format) => FORMATS[format].kind === 'folder' && FORMATS[format].check, // an adapter alone is no model
);

test.each(folders)('%s, dropped as the zip that it was taken home as', async (format) => {
  const read = await back(format).catch((error: unknown) => error);
  if (read instanceof HomegrownError) {
    expect(read.message).toMatch(/^it\.zip holds a model as .*\.onnx, which .* does not come back$/);
    expect(read.remedy).toMatch(/Export the run as a Hugging Face folder/);
    return;
  }
  const { info, snapshot, resumable, stated } = read as ImportedModel;
  if (stated?.format === 'GGUF') {
    expect(stated).toMatchObject({ format: 'GGUF', name: model.info.name });
    expect([...snapshot.tensors.keys()]).toEqual([...model.snapshot.tensors.keys()].slice(0, snapshot.tensors.size));
    return;
  }
  expect(info?.id).toBe(model.info.id);
  expect(resumable).toBe(true);
  const [name] = model.snapshot.tensors.keys() as unknown as [string];
  expect(snapshot.tensors.get(name)).toEqual(model.snapshot.tensors.get(name));
});

test('the cluster hand-over is one of those that come back', async () => {
  expect((await back('pytorch')).snapshot.state.step).toBe(model.info.state.step);
});
