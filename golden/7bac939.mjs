// Makes golden/7bac939: what the build of commit 7bac939 stored in a browser and wrote into files, for today's to open.
//
//   git worktree add ../then 7bac939
//   (cd ../then && npm ci --ignore-scripts && npx vite build)
//   CHROME_PATH=/usr/bin/chromium node golden/7bac939.mjs ../then
//
// What is in golden/7bac939/texts goes in; all the rest comes out. It drives that build's own page and terminal, so it is as
// fixed as they are: it was run once, and what it made is never made again, or edited.
//
//   store/         every value of its IndexedDB: bytes as <key>.bin, all else as <key>.json
//   continued.json how that build itself went on with runs, to `of` steps in all: rows of step, loss, norm of the gradient
//   exports/       of the finished run, every format of its page, as it was downloaded
//   grown/         a folder of its terminal for each kind of tokenizer
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  banner,
  begin,
  bringIn,
  dump,
  goTo,
  grow,
  keep,
  opened,
  stages,
  stop,
  useDevice,
  useTokenizer,
  zipOf,
} from './driver.mjs';

const golden = fileURLToPath(new URL('7bac939/', import.meta.url));
const TEXTS = ['harbour.txt', 'notes.md', 'page.html'].map((name) => join(golden, 'texts', name));

const FINISHED = {
  ...{ Layers: 2, Heads: 2, Width: 8, Context: 16, Steps: 40, Batch: 4, 'Learning rate': 0.01, 'Warm-up': 5 },
  ...{ 'Evaluate every': 20, 'Save every': 20, 'Evaluate on': 256, Seed: 7 },
};
/** More steps than it will take, so that it is stopped in the middle. */
const STOPPED = {
  ...{ Layers: 1, Heads: 2, Width: 8, Context: 16, Steps: 5000, Batch: 4, 'Micro-batches per update': 2 },
  ...{ 'Learning rate': 0.003, Dropout: 0.1, 'Evaluate every': 50, 'Save every': 50 },
};
const ON_GPU = {
  ...{ Layers: 1, Heads: 1, Width: 8, Context: 8, Steps: 5000, Batch: 4, 'Micro-batches per update': 1 },
  ...{ 'Learning rate': 0.05, Dropout: 0, 'Evaluate every': 20, 'Save every': 20, 'Evaluate on': 64 },
};
const FORMATS = [
  ['Hugging Face folder', 'F32', 'hf.zip'],
  ['model.safetensors alone', 'F32', 'safetensors.safetensors'],
  ['GGUF', 'F32', 'gguf-f32.gguf'],
  ['GGUF', 'F16', 'gguf-f16.gguf'],
  ['GGUF', 'Q8_0', 'gguf-q8_0.gguf'],
  ['ONNX', 'F32', 'onnx-f32.zip'],
  ['ONNX', 'F16', 'onnx-f16.zip'],
  ['Offline page', 'F32', 'html.html'],
  ['Web service', 'F16', 'service.zip'],
  ['Cluster hand-over', 'F32', 'pytorch.zip'],
];

for (const made of ['store', 'exports', 'grown', 'continued.json'])
  rmSync(join(golden, made), { recursive: true, force: true });
for (const [kind, tokenizer, context] of [
  ['bpe', 'bpe:300', 16],
  ['characters', 'characters', 8],
  ['bytes', 'bytes', 16],
])
  grow(join(golden, 'grown', kind), TEXTS, tokenizer, context);
await keep(golden, live);

/** What a person does in one browser; then all that is stored there. */
async function live() {
  const page = await opened('/text');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await chooser).setFiles(TEXTS);
  await stages(page).getByText('characters').waitFor();

  await useTokenizer(page, 'BPE');
  await page.getByRole('textbox', { name: 'Exactly' }).fill('300');
  await page.getByRole('textbox', { name: 'Exactly' }).press('Tab');
  await useDevice(page, 'WASM');
  await begin(page, FINISHED);
  await banner(page).getByText('Finished').waitFor();
  await exportAll(page);

  await useTokenizer(page, 'Characters');
  await begin(page, STOPPED, { Schedule: 'Linear' });
  const onWasm = await stop(page, 100);

  await useDevice(page, 'WebGPU');
  await useTokenizer(page, 'Bytes');
  await begin(page, ON_GPU, { Optimizer: 'SGD', Schedule: 'Constant' });
  const onGpu = await stop(page, 20, onWasm);

  await useDevice(page, 'WASM');
  await bringIn(page, 'grown.zip', zipOf(join(golden, 'grown/bytes')));
  await banner(page)
    .filter({ hasText: /step 12\b/ })
    .waitFor();
  const { runId: imported } = new Map(await dump(page)).get('project').json;
  const stranger = ['model.safetensors', 'config.json', 'tokenizer.json'];
  await bringIn(page, 'stranger.zip', zipOf(join(golden, 'grown/characters'), stranger));
  await banner(page)
    .filter({ hasText: /step 0\b/ })
    .waitFor();

  const values = await dump(page);
  await page.context().close();
  const resumable = [
    { runId: onWasm, device: 'WASM' },
    { runId: onWasm, device: 'WebGPU' },
    { runId: onGpu, device: 'WebGPU' },
    { runId: imported, device: 'WASM' },
  ];
  return { values, resumable };
}

async function exportAll(page) {
  await goTo(page, 'Export');
  await page.getByRole('checkbox', { name: /with the optimizer/ }).check({ force: true });
  for (const [name, precision, file] of FORMATS) {
    await page.getByRole('radio', { name: precision }).check({ force: true });
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Download ${name}` }).click();
    const path = join(golden, 'exports', file);
    await (await download).saveAs(path);
    await page.waitForTimeout(2000); // It is checked by a second engine, which the next one would stop.
    console.log(file, readFileSync(path).length);
  }
}
