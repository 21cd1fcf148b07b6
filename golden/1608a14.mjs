// Makes golden/1608a14: what the build of commit 1608a14 stored in a browser, for today's to open. It was the last whose
// project was one, whose texts had no documents and whose runs had no segments of their own.
//
//   git worktree add ../then 1608a14
//   (cd ../then && npm ci --ignore-scripts && npx vite build)
//   CHROME_PATH=/usr/bin/chromium node golden/1608a14.mjs ../then
//
// The texts of golden/7bac939 go in. It was run once, and what it made is never made again, or edited.
//
//   store/         every value of its IndexedDB: bytes as <key>.bin, all else as <key>.json
//   continued.json how that build itself went on with runs, to `of` steps in all: rows of step, loss, norm of the gradient
//   grown/bytes    a folder of its terminal
import { rmSync } from 'node:fs';
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
  trainTo,
  useDevice,
  useTokenizer,
  zipOf,
} from './driver.mjs';

const golden = fileURLToPath(new URL('1608a14/', import.meta.url));
const texts = fileURLToPath(new URL('7bac939/texts/', import.meta.url));
const TEXTS = ['harbour.txt', 'notes.md', 'page.html'].map((name) => join(texts, name));

const FREED = {
  ...{ Layers: 1, Heads: 1, Width: 8, Context: 8, Steps: 10, Batch: 4, 'Warm-up': 2 },
  ...{ 'Evaluate every': 5, 'Save every': 5, 'Evaluate on': 64 },
};
const FINISHED = {
  ...{ Layers: 2, Heads: 2, Width: 8, Context: 16, Steps: 40, Batch: 4, 'Learning rate': 0.01, 'Warm-up': 5 },
  ...{ 'Evaluate every': 20, 'Save every': 20, 'Evaluate on': 256, Seed: 7 },
};
/** Its best lies between two saves, so that only its weights are kept. */
const STOPPED = {
  ...{ Layers: 1, Heads: 2, Width: 8, Context: 16, Steps: 5000, Batch: 4, 'Micro-batches per update': 2 },
  ...{ 'Learning rate': 0.003, Dropout: 0.1, 'Evaluate every': 30, 'Save every': 50 },
};

for (const made of ['store', 'grown', 'continued.json']) rmSync(join(golden, made), { recursive: true, force: true });
grow(join(golden, 'grown/bytes'), TEXTS.slice(0, 1), 'bytes', 16);
await keep(golden, live);

/** What a person does in one browser; then all that is stored there. */
async function live() {
  const page = await opened('/text');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await chooser).setFiles(TEXTS);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Take it/ })
    .click();
  await stages(page).getByText('characters').waitFor();
  await useDevice(page, 'WASM');

  await useTokenizer(page, 'Bytes');
  await begin(page, FREED);
  await banner(page).getByText('Finished').waitFor();
  await useTokenizer(page, 'BPE');
  await page.getByRole('textbox', { name: 'Exactly' }).fill('300');
  await page.getByRole('textbox', { name: 'Exactly' }).press('Tab');
  await begin(page, FINISHED);
  await banner(page)
    .filter({ hasText: /step 40\b/ })
    .waitFor();
  await banner(page).getByText('Finished').waitFor();
  await page.getByRole('button', { name: /^Free the saved steps of/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Free/ }).click();
  await page.waitForTimeout(3000);

  await useTokenizer(page, 'Characters');
  await begin(page, STOPPED, { Schedule: 'Linear' });
  const stopped = await stop(page, 100);

  const stranger = ['model.safetensors', 'config.json', 'tokenizer.json'];
  await bringIn(page, 'stranger.zip', zipOf(join(golden, 'grown/bytes'), stranger));
  await banner(page)
    .filter({ hasText: /step 0\b/ })
    .waitFor();
  await bringIn(page, 'grown.zip', zipOf(join(golden, 'grown/bytes')));
  await banner(page)
    .filter({ hasText: /step 12\b/ })
    .waitFor();
  const { runId: imported } = new Map(await dump(page)).get('project').json;
  // It goes on with other text than it learnt from.
  await trainTo(page, 24);

  await goTo(page, 'Text');
  await page.getByRole('button', { name: 'Remove notes.md' }).click();
  await page.getByRole('button', { name: 'Remove notes.md' }).waitFor({ state: 'detached' });
  const values = await dump(page);
  await page.context().close();
  const resumable = [
    { runId: stopped, device: 'WASM' },
    { runId: imported, device: 'WASM' },
  ];
  return { values, resumable };
}
