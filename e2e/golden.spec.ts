/** A browser with the storage of an older build: the current page opens all of it, and resumes with the same losses. */
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { openExported } from '../src/core/export/exported';
import { listRuns } from '../src/core/runs/record';
import { type Continuation, continuations, filesUnder, GOLDEN, goldenStore } from '../src/testing/golden';
import { greedy } from '../src/testing/trainedModel';
import { restore } from './storage';
import { Studio } from './studio';

/** Opens a run and resumes it, for the steps recorded with the older build. */
async function goOn(studio: Studio, { runId, device, from, steps }: Continuation): Promise<Continuation['steps']> {
  const { page } = studio;
  await studio.useDevice(device);
  await bringBack(studio, from);
  expect(await studio.stored('projects/first')).toMatchObject({ runId });
  await page
    .getByRole('button', { name: `Resume from step ${from}` })
    .first()
    .click();
  const key = `journal/${runId}/000000`;
  const rows = async (): Promise<readonly number[][]> =>
    ((await studio.stored(key)) as { steps: number[][] }).steps.filter(
      ([step]) => step! > from && step! <= from + steps.length,
    );
  await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(steps.length);
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText('Paused');
  return (await rows()).map(([step, loss, , norm]) => [step!, loss!, norm!]);
}

async function bringBack(studio: Studio, step: number): Promise<void> {
  await studio.openRun(new RegExp(` at ${step}(?!\\d)`));
  await expect(studio.strip).toContainText(`step ${step}`);
}

test('texts, runs and a finished model of an older build open, and its stopped runs resume with the same losses', async ({
  page,
}) => {
  await restore(page);
  const studio = new Studio(page);
  await studio.openOnWasm('/text');
  for (const name of filesUnder('texts')) await expect(page.getByText(name).first()).toBeVisible();
  await expect(page.getByText(/cannot be read/)).toHaveCount(0);

  // Finished at step 40, imported after 12 steps, external at step 0, and two stopped runs.
  const [onWasm, onGpu] = [continuations()[0]!, continuations()[2]!];
  await studio.goTo('Runs');
  await expect(studio.strip).toContainText('step 0');
  await expect(studio.runs).toHaveCount(5);
  for (const step of [12, onGpu.from, onWasm.from, 40])
    await expect(studio.runs.filter({ hasText: new RegExp(` at ${step}(?!\\d)`) })).toHaveCount(1);

  await bringBack(studio, 40);
  await studio.event(40, /best so far|Evaluated/);
  await studio.goTo('Playground');
  await page.getByRole('textbox', { name: 'Prompt' }).fill('The harbour ');
  await studio.set({ Length: 8 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByRole('listbox', { name: 'Generated tokens' }).getByRole('option')).not.toHaveCount(0);
  await studio.goTo('Export');
  await studio.use('GGUF').check({ force: true });
  await page.getByRole('radiogroup', { name: 'Precision' }).getByRole('radio', { name: 'F32' }).check({ force: true });
  await studio.exportAs('GGUF');
  await expect(page.getByText(/\d+ of \d+ tokens equal, .*opened by llama.cpp/)).toBeVisible({ timeout: 30_000 });

  expect(await goOn(studio, onWasm)).toEqual(onWasm.steps);
  const losses = await goOn(studio, onGpu);
  for (const [i, [step, loss]] of onGpu.steps.entries()) {
    expect(losses[i]![0]).toBe(step);
    expect(Math.abs(losses[i]![1] - loss), `step ${step}`).toBeLessThan(1e-5);
  }
  await expect(page.getByText(/cannot be read/)).toHaveCount(0);
  expect(studio.errors).toEqual([]);
});

/** Texts of the last build that had a single project. */
const LEFT = ['harbour.txt', 'page.html'];

/** Waits until every text has its list of documents, and the single project is in the list of projects. */
async function migrated(studio: Studio, texts: number): Promise<void> {
  const lists = async () => (await studio.keys('text/')).filter((key) => key.endsWith('/documents/0')).length;
  await expect.poll(lists, { timeout: 120_000 }).toBe(texts);
  expect(await studio.keys('project')).toEqual(['projects/first']);
}

test('a store of the last build with one project opens: deleted checkpoints are shown, and its stopped run resumes', async ({
  page,
}) => {
  await restore(page, '1608a14');
  const studio = new Studio(page);
  await studio.open('/text');
  // A third text had been removed in an earlier session.
  await migrated(studio, LEFT.length);
  for (const name of LEFT) await expect(page.getByText(name).first()).toBeVisible();
  const [onWasm] = continuations('1608a14');
  expect(await goOn(studio, onWasm!)).toEqual(onWasm!.steps);
  await studio.goTo('Runs');
  await expect(studio.runs).toHaveCount(5);
  await expect(page.getByText(/cannot be read/)).toHaveCount(0);
  expect(studio.errors).toEqual([]);
});

test('a page killed during migration loses nothing, and the next one completes it', async ({ page, context }) => {
  await restore(page, '1608a14');
  // More text than a page can migrate before the test sees the migration start.
  const [texts, chunks] = [24, 8];
  await page.evaluate(
    async ([texts, chunks]) => {
      const request = indexedDB.open('homegrown', 1);
      await new Promise((resolve) => (request.onsuccess = resolve));
      const chunk = new TextEncoder().encode('The harbour is quiet. '.repeat(47_662)).slice(0, 2 ** 20);
      const bytes = chunks * chunk.length;
      for (let i = 0; i < texts; i++) {
        const id = `large-${i}`;
        const transaction = request.result.transaction('values', 'readwrite');
        const store = transaction.objectStore('values');
        for (let n = 0; n < chunks; n++) store.put(chunk, `text/${id}/${n}`);
        const facts = { size: bytes, characters: bytes, bytes, records: chunks, sha256: String(i).padStart(64, '0') };
        const entry = { id, name: `${id}.txt`, ...facts, format: 'txt', notes: [], licence: null, removed: false };
        store.put({ ...entry, addedAt: 1_795_000_000_000 + i }, `texts/${id}`);
        await new Promise((resolve) => (transaction.oncomplete = resolve));
      }
      request.result.close();
    },
    [texts, chunks] as const,
  );
  await page.goto('/text');
  // In the page, so that the crash comes before the migration completes, even on a fast machine.
  await page.evaluate(async () => {
    const wait = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const isOpen = async () => (await indexedDB.databases()).some(({ version }) => version === 3);
    while (!(await isOpen())); // An older version's connection would block the upgrade.
    for (;;) {
      const database = await wait(indexedDB.open('homegrown'));
      const [name] = database.objectStoreNames;
      const large = IDBKeyRange.bound('text/large-', 'text/large-~');
      const keys = await wait(database.transaction(name!).objectStore(name!).getAllKeys(large));
      database.close();
      if (keys.some((key) => (key as string).includes('/documents/'))) return;
    }
  });
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();

  const next = new Studio(await context.newPage());
  await next.page.goto('/icon.svg');
  const left = (await next.keys('texts/large-')).length;
  expect(left).toBe(texts);
  const lists = async () => (await next.keys('text/large-')).filter((key) => key.endsWith('/documents/0')).length;
  expect(await lists()).toBeLessThan(texts);
  await next.open('/text');
  await migrated(next, LEFT.length + texts);
  await expect(next.strip).not.toContainText('Migrating');
  await next.goTo('Runs');
  await expect(next.runs).toHaveCount(5);
  await expect(next.page.getByText(/cannot be read/)).toHaveCount(0);
  expect(next.errors).toEqual([]);
});

test('an older build’s offline page writes the same text as the current engine', async ({ page }) => {
  const store = await goldenStore();
  const { id } = (await listRuns(store)).find(({ step }) => step === 40)!;
  const model = await openExported(store, id, 'latest', false);
  const prompt = 'The harbour ';
  const expected = await greedy(model, model.tokenizer.encode(prompt), 30);

  await page.context().setOffline(true);
  await page.goto(pathToFileURL(`${GOLDEN}exports/html.html`).href);
  await page.locator('#settings > summary').click();
  await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0');
  await page.getByRole('spinbutton', { name: 'Length' }).fill('30');
  await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
  await page.getByRole('button', { name: 'Write' }).click();
  // While it writes, its status counts to 30.
  const written = (): Promise<string | null> => page.getByRole('listbox').evaluate((list) => list.textContent);
  await expect.poll(written).toBe(model.tokenizer.decode(expected));
  await expect(page.locator('#status')).toContainText('30 tokens');
});
