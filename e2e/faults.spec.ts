/** What may go wrong, and what must then still be there. */
import { expect, test } from '@playwright/test';
import { Studio, TINY } from './studio';

test('a crash of the page costs no more than the steps since the last save', async ({ page, context }) => {
  test.setTimeout(300_000);
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.set({ ...TINY, Steps: 5000, 'Evaluate every': 10 });
  await studio.goTo('Text');
  await page.getByRole('button', { name: 'Train on it, Moby Dick' }).click();
  await studio.event(10, /Evaluated/);
  // The tab's process dies, as it would when memory runs out: nothing gets to say goodbye.
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();

  const next = await context.newPage();
  const again = new Studio(next);
  await again.open('/train');
  await next.getByRole('button', { name: /^Resume from step/ }).click();
  await again.event(10, /Evaluated/);
  await next.getByRole('button', { name: 'Stop and save' }).click();
  await expect(next.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
  expect(again.errors).toEqual([]);
});

test('a GPU that is lost costs no more than the steps since the last save, and Resume goes on with a new one', async ({
  page,
  browser,
}) => {
  test.setTimeout(300_000);
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.useDevice('WebGPU');
  await page.getByText('Seldom changed').click();
  await studio.set({
    ...TINY,
    Layers: 1,
    Width: 32,
    Steps: 5000,
    'Evaluate every': 10,
    'Save every': 10,
    'Evaluate on': 1024,
  });
  await studio.goTo('Text');
  await page.getByRole('button', { name: 'Train on it, Moby Dick' }).click();
  await studio.event(20, /Saved/);
  // The browser's GPU process dies, as it does when a driver is reset.
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');

  await expect(page.getByText('The GPU was lost').first()).toBeVisible();
  const resume = page.getByRole('button', { name: /^Resume from step/ }).first();
  const savedAt = Number(/\d+/.exec(await resume.innerText())![0]);
  expect(savedAt).toBeGreaterThanOrEqual(20);
  // It took the charts' canvases along; their curves come back.
  const drawn = () =>
    page.locator('figure canvas').evaluateAll((all) =>
      all.every((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return data.some((value) => value > 0);
      }),
    );
  await expect.poll(drawn).toBe(true);
  await resume.click();
  await studio.event(savedAt + 20, /Evaluated/);
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(page.getByRole('button', { name: /^Resume from step/ }).first()).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('a damaged zip and a stranger’s are refused by name, and nothing is left of them', async ({ page }) => {
  const studio = new Studio(page);
  await studio.open('/export');
  for (const [name, content] of [
    ['torn.zip', Buffer.from('PK\u0003\u0004 and then nothing')],
    ['model.zip', Buffer.alloc(100_000, 7)],
  ] as const) {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a zip…' }).click();
    await (await chooser).setFiles({ name, mimeType: 'application/zip', buffer: content });
    await expect(page.getByText(name).first()).toBeVisible();
  }
  await expect(studio.stages).toContainText('needs a run');
  await page.reload();
  await expect(studio.stages).toContainText('needs a run');
  expect(studio.errors).toEqual([]);
});

test('after loading, nothing but our own origin is asked for anything, and the network may go', async ({
  page,
  context,
}) => {
  test.setTimeout(300_000);
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.set({ ...TINY, Steps: 5, 'Evaluate every': 5 });
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await studio.goTo('Text');
  await page.getByRole('button', { name: 'Paste text…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('textbox')
    .first()
    .fill('The whale is large. The sea is wide. '.repeat(2000));
  await page.getByRole('dialog').getByRole('button', { name: /^Add/ }).click();
  await expect(studio.stages).toContainText('characters');
  await page.getByRole('button', { name: 'Start training' }).click();
  await studio.event(5, /Evaluated/);
  for (const stage of ['Playground', 'Export', 'Data', 'Tokenizer']) await studio.goTo(stage);
  expect(studio.errors).toEqual([]);
  const { origin } = new URL(page.url());
  expect(studio.requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('blob:'))).toEqual([]);
});
