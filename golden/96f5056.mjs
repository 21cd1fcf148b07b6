// Makes golden/96f5056: what the build of commit 96f5056 stored in a browser, for today's to open. It was the last whose runs
// held the merges of their tokenizers, and whose lists of saved steps told nothing of these.
//
//   git worktree add ../then 96f5056
//   (cd ../then && npm ci --ignore-scripts && npx vite build)
//   CHROME_PATH=/usr/bin/chromium node golden/96f5056.mjs ../then
//
// A text of golden/7bac939 goes in. It was run once, and what it made is never made again, or edited.
//
//   store/         every value of its IndexedDB: bytes as <key>.bin, all else as <key>.json
//   continued.json how that build itself went on with a run, to `of` steps in all: rows of step, loss, norm of the gradient
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  banner,
  begin,
  dump,
  goTo,
  keep,
  opened,
  projectOf,
  stages,
  stop,
  useDevice,
  useTokenizer,
} from './driver.mjs';

const golden = fileURLToPath(new URL('96f5056/', import.meta.url));
const text = fileURLToPath(new URL('7bac939/texts/harbour.txt', import.meta.url));

const FINISHED = {
  ...{ Layers: 1, Heads: 2, Width: 8, Context: 16, Steps: 40, Batch: 4, 'Learning rate': 0.01, 'Warm-up': 5 },
  ...{ 'Evaluate every': 20, 'Save every': 20, 'Evaluate on': 256, Seed: 7 },
};
const STOPPED = {
  ...{ Layers: 1, Heads: 2, Width: 8, Context: 16, Steps: 5000, Batch: 4, 'Learning rate': 0.003 },
  ...{ 'Evaluate every': 30, 'Save every': 50 },
};

for (const made of ['store', 'continued.json']) rmSync(join(golden, made), { recursive: true, force: true });
await keep(golden, live);

/** What a person does in one browser; then all that is stored there. */
async function live() {
  const page = await opened('/text');
  await page.locator('input[type=file]').first().setInputFiles(text);
  await stages(page).getByText('characters').waitFor();
  await useDevice(page, 'WASM');
  await useTokenizer(page, 'BPE');
  await page.getByRole('textbox', { name: 'Exactly' }).fill('300');
  await page.getByRole('textbox', { name: 'Exactly' }).press('Tab');
  await begin(page, FINISHED);
  await banner(page)
    .filter({ hasText: /step 40\b/ })
    .waitFor();
  await banner(page).getByText('Finished').waitFor();
  const { runId: finished } = projectOf(await dump(page));
  await goTo(page, 'Runs');
  await page.getByRole('button', { name: 'Pin step 16' }).click();
  await page.getByRole('button', { name: 'Unpin step 16' }).waitFor();

  await begin(page, STOPPED);
  const stopped = await stop(page, 100, finished);
  const values = await dump(page);
  await page.context().close();
  return { values, resumable: [{ runId: stopped, device: 'WASM' }] };
}
