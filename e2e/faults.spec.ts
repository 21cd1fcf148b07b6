/** Faults, and what must survive them. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio, TINY } from './studio';

test('a crash of the page loses at most the steps since the last save, and never the best step', async ({
  page,
  context,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await page.getByRole('region', { name: 'Training' }).getByText('Advanced', { exact: true }).click();
  await studio.set({ ...SMALL, Steps: 100_000, 'Learning rate': 0.003, 'Evaluate every': 10, 'Save every': 100_000 });
  await studio.goTo('Text');
  await page.getByRole('button', { name: /, Write like a text$/ }).click();
  await studio.event(10, /New best/);
  // The tab's process crashes, as it would without memory: no handler runs.
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();

  const next = await context.newPage();
  const again = new Studio(next);
  await again.open('/playground');
  // No later step can be resumed, but the best step is available.
  await expect(next.getByRole('button', { name: /^Step [1-9]\d*, best/ })).toBeVisible();
  await next
    .getByRole('button', { name: /^Write/ })
    .first()
    .click();
  await expect(next.getByText(/\d+ tokens? in /).first()).toBeVisible();
  await again.goTo('Train');
  await next.getByRole('button', { name: /^Resume from step/ }).click();
  await again.event(10, /Evaluated/);
  await next.getByRole('button', { name: 'Stop and save' }).click();
  await expect(next.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
  expect(again.errors).toEqual([]);
});

test('a lost GPU costs at most the steps since the last save, and Resume continues on a new one; lost twice, on WASM', async ({
  page,
  browser,
}) => {
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.useDevice('WebGPU');
  await page.getByRole('region', { name: 'Training' }).getByText('Advanced', { exact: true }).click();
  await studio.set({
    ...TINY,
    Layers: 1,
    Width: 32,
    Batch: 4,
    Context: 16,
    Steps: 5000,
    'Evaluate every': 4,
    'Save every': 4,
    'Evaluation tokens': 1024,
  });
  await studio.goTo('Text');
  const counted = page.waitForFunction(() =>
    /Compiling\s*\d+ kernels/.test(document.querySelector('header')?.textContent ?? ''),
  );
  await page.getByRole('button', { name: /, Write like a text$/ }).click();
  await counted;
  await studio.event(8, /Saved/);
  // The browser's GPU process crashes, as in a driver reset.
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');

  await expect(page.getByText('The GPU was lost').first()).toBeVisible();
  const resume = page.getByRole('button', { name: /^Resume from step/ }).first();
  await expect(page.locator('[data-variant=go]:visible')).toHaveCount(1);
  const savedAt = Number(/\d+/.exec(await resume.innerText())![0]);
  expect(savedAt).toBeGreaterThanOrEqual(8);
  // The crash cleared the charts' canvases; their curves come back.
  const drawn = () =>
    page.locator('figure canvas').evaluateAll((all) =>
      all.every((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return data.some((value) => value > 0);
      }),
    );
  await expect.poll(drawn).toBe(true);
  // The saved model can be exported first.
  await page.getByRole('button', { name: `Download step ${savedAt}…` }).click();
  await expect(page.getByRole('button', { name: /Checkpoint$/ })).toContainText(`Step ${savedAt}`);
  await studio.goTo('Train');
  await resume.click();
  await studio.event(savedAt + 8, /Evaluated/);

  // A second loss is reported as such. WASM continues, because the browser gives this page no third GPU.
  await session.send('Browser.crashGpuProcess');
  await expect(page.getByRole('alert')).toContainText(/lost twice with these settings, at step \d+ and step \d+/);
  await page.getByRole('button', { name: 'Resume on WASM' }).click();
  await expect(studio.strip).toContainText('WASM');
  await studio.event(savedAt + 16, /Evaluated/);
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(page.getByRole('button', { name: /^Resume from step/ }).first()).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('a run out of memory keeps the earlier model, and an import is added next to it', async ({ page }, info) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await studio.set({ ...SMALL, Heads: 1, Steps: 4, Batch: 2, 'Evaluate every': 2 });
  await studio.goTo('Text');
  await page.getByRole('button', { name: /, Write like a text$/ }).click();
  await studio.event(4, /Saved/);
  await expect(studio.strip).toContainText('Finished');

  // A run far larger than the address space isn't started.
  await studio.goTo('Model');
  await studio.set({ Layers: 12, Heads: 12, Width: 768, Context: 1024, Batch: 48 });
  const advice = /WASM can address 4\.29 GB\. Use batch \d+ in \d+ micro-batches, a context of \d+, or a model/;
  await expect(page.getByText(advice).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Use a context of/ })).toBeVisible();
  // No plan includes attention scores of all token pairs: 8 x 32 x 2,048 x 2,048 numbers don't fit, before step 0 is
  // saved.
  await studio.set({ Layers: 1, Heads: 32, Width: 32, Context: 2048, Batch: 8 });
  await page.getByRole('button', { name: 'Start training' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Out of memory', { timeout: 120_000 });
  await expect(alert).toContainText(/doesn’t fit: WASM has 4\.29 GB in total.*was planned with .* MB/);
  await expect(alert).toContainText(/moby-dick-1, step 4/);
  await expectAccessible(page, 'Train, a run that found no memory');

  // The earlier model is available, at once and after a reload, and nothing says that step 0 was saved.
  const write = async (): Promise<void> => {
    await studio.goTo('Playground');
    await studio.set({ Length: 4 });
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await expect(page.getByText(/^4 tokens in/)).toBeVisible({ timeout: 60_000 });
  };
  await write();
  await page.reload();
  await expect(studio.stages).toContainText('step 4');
  await write();
  await studio.goTo('Train');
  await expect(studio.strip).toContainText('step 4');
  await expect(studio.strip).not.toContainText('step 0');
  await expect(page.getByRole('button', { name: /^Resume/ })).toHaveCount(0);

  // An import becomes a separate run.
  await studio.goTo('Export');
  const download = await studio.exportAs('Hugging Face folder');
  const zip = info.outputPath('whale.zip');
  await download.saveAs(zip);
  await expect(studio.stages).toContainText('1 run');
  const { runId } = (await studio.stored('projects/first')) as { runId: string };
  await studio.importModel(zip);
  await expect(page.getByText('Imported moby-dick-1')).toBeVisible();
  await expect(studio.stages).toContainText('2 runs');
  expect(await studio.stored('projects/first')).not.toMatchObject({ runId });

  // The earlier run comes back, and deleting the import frees its storage.
  await studio.openRun(/moby-dick-1/);
  await expect.poll(async () => studio.stored('projects/first')).toMatchObject({ runId });
  await studio.goTo('Runs');
  await studio.chooseRun(studio.runs.first());
  await studio.runMenu(/^Delete checkpoints/);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete \d/ })
    .click();
  await expect(studio.runs.first().getByRole('cell', { name: 'none' })).toBeVisible();
  await expectAccessible(page, 'Runs, with a run that was freed');
  expect(studio.errors).toEqual([]);
});

test('a damaged zip and one of another app are refused by name, and leave nothing behind', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/export');
  for (const [name, content] of [
    ['torn.zip', Buffer.from('PK\u0003\u0004 and then nothing')],
    ['model.zip', Buffer.alloc(100_000, 7)],
  ] as const) {
    await studio.importModel({ name, mimeType: 'application/zip', buffer: content });
    await expect(page.getByText(name).first()).toBeVisible();
  }
  await expect(studio.entry('Playground')).toHaveText('Playground'); // there is no model
  await page.reload();
  await expect(studio.entry('Playground')).toHaveText('Playground');
  expect(studio.errors).toEqual([]);
});
