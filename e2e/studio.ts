/** Shared by every journey: opens the studio clean, has settings that train in seconds, and locates what it shows. */
import { readFile, stat } from 'node:fs/promises';
import { type Download, expect, type FileChooser, type Locator, type Page } from '@playwright/test';
import { PLACES } from './stages';
import { putValues, type Values } from './storage';

/** Model that a software GPU trains in half a minute, and that learns more than byte frequencies. */
export const TINY = {
  Layers: 2,
  Heads: 4,
  Width: 64,
  Context: 32,
  Steps: 70,
  Batch: 16,
  'Learning rate': 0.003,
  'Warm-up': 10,
  'Evaluate every': 30,
} as const;

/** Trains in a few seconds on WASM. */
export const SMALL = { Layers: 1, Heads: 2, Width: 16, Context: 16, Batch: 4 } as const;

export class Studio {
  /** Console errors and uncaught errors since the studio was opened. */
  readonly errors: string[] = [];
  /** Every URL requested by any part of the page. */
  readonly requests: string[] = [];

  constructor(readonly page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error' && !isIcon(message.location().url)) this.errors.push(message.text());
    });
    page.on('requestfailed', (request) => {
      // The browser aborts what a page loads when it reloads, and what a worker loads when it's terminated.
      const error = request.failure()?.errorText;
      if (!isIcon(request.url()) && error !== 'net::ERR_ABORTED') this.errors.push(`${request.url()} failed: ${error}`);
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.context().on('request', (request) => this.requests.push(request.url()));
  }

  async open(path = '/'): Promise<void> {
    await this.page.goto(path);
    await this.begun();
  }
  /** Opens the studio in a browser where WASM was chosen before: a software GPU would start slowly. */
  async openOnWasm(path = '/', values: Values = []): Promise<void> {
    await putValues(this.page, [...values, ['device', 'wasm']]);
    await this.open(path);
    await expect(this.strip).toContainText('WASM');
  }
  /** Waits for the device: on a busy machine, detecting a software GPU takes long. */
  async begun(): Promise<void> {
    await expect(this.strip).toContainText(/WASM|WebGPU|CPU/, { timeout: 120_000 });
    await this.fontsLoaded();
  }
  /** Waits for the app's own fonts. Until they load, the system's fonts determine every width. */
  private async fontsLoaded(): Promise<void> {
    const loaded = () =>
      this.page.evaluate(() =>
        [...document.fonts].flatMap(({ family, status }) => (status === 'loaded' ? family : [])),
      );
    for (const family of [/Inter/, /Source Serif/])
      await expect.poll(loaded, { timeout: 120_000 }).toContainEqual(expect.stringMatching(family));
    await this.page.evaluate(async () => void (await document.fonts.ready));
  }

  get strip() {
    return this.page.getByRole('banner');
  }
  get stages() {
    return this.page.getByRole('navigation', { name: 'Stages' });
  }

  /** Rail entry of a stage. */
  entry(stage: string) {
    return this.stages.getByRole('link', { name: new RegExp(`^${stage}`) });
  }

  async goTo(name: string): Promise<void> {
    const { stage, part, isUnlisted } = PLACES[name] ?? { stage: name };
    if (isUnlisted && !(await this.entry(stage).isVisible())) await this.byPalette(stage);
    else await this.entry(stage).click();
    if (part !== undefined)
      await this.page
        .getByRole('navigation', { name: `Parts of ${stage}` })
        .getByRole('link', { name: part })
        .click();
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  /** Chooses an architecture on Model, by its label: from segments, or from a list if there are many. */
  async chooseArchitecture(label: string): Promise<void> {
    await this.goTo('Model');
    const segments = this.page.getByRole('radiogroup', { name: 'Architecture' });
    const list = this.page.getByRole('button', { name: /\S Architecture$/ });
    await expect(segments.or(list)).toBeVisible();
    if (await segments.isVisible()) return segments.getByText(label, { exact: true }).click();
    await list.click();
    await this.page.getByRole('option', { name: label, exact: true }).click();
  }
  /** Opens a stage, or runs a command, from the palette. */
  async byPalette(words: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await expect(this.page.getByRole('dialog')).toBeVisible();
    await this.page.keyboard.type(words);
    await this.page.keyboard.press('Enter');
    await expect(this.page.getByRole('dialog')).toBeHidden();
  }

  /** Opens the dialog behind the link in the rail's foot. */
  async openPrivacy(): Promise<Locator> {
    const name = 'Nothing leaves this computer';
    await this.stages.getByRole('button', { name }).click();
    return this.page.getByRole('dialog', { name });
  }
  /** Waits until the dialog contains the words, and closes it. */
  async expectPrivacy(words: RegExp): Promise<string> {
    const dialog = await this.openPrivacy();
    await expect(dialog).toContainText(words, { timeout: 120_000 });
    const read = await dialog.innerText();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toBeHidden();
    return read;
  }

  async useDevice(kind: 'WebGPU' | 'WASM'): Promise<void> {
    await this.strip.getByRole('button', { name: /^Device/ }).click();
    await this.page.getByRole('menu').getByText(kind, { exact: false }).first().click();
    await expect(this.strip).toContainText(kind);
  }

  /** Links to Adapt, Instruct and Classify, on Teach it more. */
  get tuningKinds() {
    return this.page.getByRole('navigation', { name: 'Kinds of tuning' });
  }

  get project() {
    return this.strip.getByRole('button', { name: /^Project, / });
  }
  /** Chooses a project, or an action on projects. */
  async inProjects(entry: string): Promise<void> {
    const menu = this.page.getByRole('menu');
    await this.project.click();
    await menu.getByText(entry, { exact: true }).click();
    await expect(menu).toBeHidden();
  }
  async rename(name: string): Promise<void> {
    await this.inProjects('Rename project…');
    await this.page.getByRole('textbox', { name: 'Project name' }).fill(name);
    await this.page.keyboard.press('Enter');
    await expect(this.project).toHaveText(name);
  }

  field(label: string) {
    return this.page.getByRole('textbox', { name: label, exact: true });
  }

  async set(fields: Readonly<Record<string, number | string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) {
      await this.field(label).fill(String(value));
      await this.field(label).press('Tab');
    }
  }

  /** Presses a button that opens a file picker, and selects these files. */
  async choose(button: string | RegExp, files: Parameters<FileChooser['setFiles']>[0]): Promise<void> {
    // A press during a redraw can be lost.
    await expect(async () => {
      const chooser = this.page.waitForEvent('filechooser', { timeout: 10_000 });
      await this.page.getByRole('button', { name: button }).click();
      await (await chooser).setFiles(files);
    }).toPass({ timeout: 60_000 });
  }
  /** Drops files on the page, or pastes them there. */
  async dropFiles(paths: readonly string[], by: 'drop' | 'paste' = 'drop'): Promise<void> {
    const files = await Promise.all(
      paths.map(async (path) => ({ name: path.split('/').at(-1)!, bytes: await readFile(path, 'base64') })),
    );
    await this.page.evaluate(
      ([given, how]) => {
        const data = new DataTransfer();
        for (const { name, bytes } of given)
          data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
        const event = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          how === 'drop'
            ? new DragEvent('drop', { ...event, dataTransfer: data })
            : new ClipboardEvent('paste', { ...event, clipboardData: data }),
        );
      },
      [files, by] as const,
    );
  }
  /** Adds a text on Text with Paste text…. */
  async paste(words: string): Promise<void> {
    await this.addPaste(words);
    await expect(this.stages).toContainText('characters');
  }
  /** Adds a pasted text without waiting for it. */
  async addPaste(words: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Paste( text)?…$/ }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('textbox').first().fill(words);
    await dialog.getByRole('button', { name: /^Add/ }).click();
    await expect(dialog).toBeHidden();
  }

  /** Held-out perplexity at the newest evaluation, from the number strip. */
  async perplexity(): Promise<number> {
    return number(await this.reading('Perplexity').innerText());
  }
  /** Perplexity of a baseline, from the chart's caption. */
  async baseline(name: 'uniform' | 'unigram' | 'bigram' | 'trigram'): Promise<number> {
    const caption = await this.page
      .getByText(/Reference lines/)
      .last()
      .innerText();
    return number(new RegExp(`${name} ([\\d.,]*\\d)`).exec(caption)![1]!);
  }
  reading(label: string) {
    return this.page
      .locator('dl div', { has: this.page.getByText(label, { exact: true }) })
      .getByRole('definition')
      .first();
  }

  /** Rows of the table of runs. */
  get runs() {
    const rows = this.page.getByRole('table', { name: 'Runs', exact: true }).getByRole('row');
    return rows.filter({ has: this.page.getByRole('rowheader') });
  }
  /** Selects a run on Runs, which opens its pane. */
  async chooseRun(run: Locator): Promise<void> {
    await run.getByRole('rowheader').getByRole('button').click();
  }
  /** Makes the run with these words in the table current. */
  async openRun(words: RegExp): Promise<void> {
    await this.goTo('Runs');
    await this.chooseRun(this.runs.filter({ hasText: words }).last());
    await this.page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
  }
  /** Chooses an entry in the menu of the selected run. */
  async runMenu(entry: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: /^More for/ }).click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  /** Value in the browser's storage. */
  async stored(key: string): Promise<object> {
    return (await this.inStore('get', key)) as object;
  }
  /** Keys in storage that begin with `prefix`. */
  async keys(prefix: string): Promise<string[]> {
    return ((await this.inStore('getAllKeys')) as string[]).filter((key) => key.startsWith(prefix));
  }
  /** Overwrites a value to simulate damage. */
  async damage(key: string, value: string | object): Promise<void> {
    await this.inStore('put', key, value);
  }
  /** Stores many values at once. */
  async fill(entries: readonly (readonly [key: string, value: string | object])[]): Promise<void> {
    await this.inStore('fill', '', entries);
  }
  /** Deletes a value to simulate a loss. */
  async drop(key: string): Promise<void> {
    await this.inStore('delete', key);
  }
  /** Changes the last byte of the value of `key`. */
  async flip(key: string): Promise<void> {
    await this.inStore('flip', key);
  }
  private async inStore(
    what: 'get' | 'getAllKeys' | 'put' | 'fill' | 'flip' | 'delete',
    key?: string,
    value?: string | object,
  ): Promise<unknown> {
    return this.page.evaluate(
      async ([what, key, value]) => {
        const wait = <T>(request: IDBRequest<T>) =>
          new Promise<T>((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error!);
          });
        const database = await wait(indexedDB.open('homegrown'));
        const [name] = database.objectStoreNames;
        const store = database.transaction(name!, 'readwrite').objectStore(name!);
        try {
          if (what === 'getAllKeys') return await wait(store.getAllKeys());
          if (what === 'get') return (await wait(store.get(key!))) as unknown;
          if (what === 'put') return await wait(store.put(value, key));
          if (what === 'delete') {
            await wait(store.delete(key!));
            return;
          }
          if (what === 'fill') {
            for (const [each, given] of value as [string, string | object][]) await wait(store.put(given, each));
            return undefined;
          }
          const bytes = (await wait(store.get(key!))) as Uint8Array;
          bytes[bytes.length - 1]! ^= 1;
          return await wait(store.put(bytes, key));
        } finally {
          database.close();
        }
      },
      [what, key, value] as const,
    );
  }

  /** Waits until Playground has written `length` tokens, or fewer if the model ends the text. */
  async expectWritten(length: number): Promise<void> {
    const status = new RegExp(`^(${String(length)} tokens in|\\d+ tokens?, then the model ended the text)`);
    await expect(this.page.getByText(status)).toBeVisible();
  }

  /** Presses Tab until an element with this role and name has the focus; fails if it can't be reached. */
  async tabTo(role: string, name: RegExp): Promise<void> {
    const wanted = this.page.getByRole(role as 'button', { name });
    for (let i = 0; i < 80; i++) {
      await this.page.keyboard.press('Tab');
      const focused = await wanted.evaluateAll((all) => all.some((element) => element === document.activeElement));
      if (focused) return;
    }
    throw new Error(`80 presses of Tab did not reach the ${role} ${String(name)}`);
  }

  /** Workers except threads, which never answer, and load no scripts that the others lack. */
  get workers() {
    return this.page.workers().filter((worker) => !worker.url().endsWith('#thread'));
  }
  /** Total bytes of all scripts loaded by the page and its workers, each once, at their size in the build. */
  async scriptBytes(): Promise<number> {
    const entries = (): string[] => [
      location.href,
      ...performance.getEntriesByType('resource').map(({ name }) => name),
    ];
    const asked = [this.page.evaluate(entries), ...this.workers.map((worker) => worker.evaluate(entries))];
    const names = (await Promise.all(asked)).flat();
    const paths = new Set(names.map((name) => new URL(name).pathname).filter((path) => path.endsWith('.js')));
    const sizes = await Promise.all([...paths].map(async (path) => (await stat(`dist${path}`)).size));
    return sizes.reduce((a, b) => a + b, 0);
  }

  /** Imports a zip on Export. The buttons are folded if there is a model. */
  async importModel(zip: Parameters<Studio['choose']>[1]): Promise<void> {
    const button = this.page.getByRole('button', { name: 'Choose zip…' });
    await expect(this.page.getByText('Import a model')).toBeVisible();
    if (!(await button.isVisible())) await this.page.getByText('Import a model').click();
    await this.choose('Choose zip…', zip);
  }
  /** Use on Export, by its format: `GGUF`. */
  use(format: string): Locator {
    return this.page.getByRole('radio', { name: new RegExp(`${format}$`) });
  }
  /** Button that exports the file of the chosen use. */
  get exportButton(): Locator {
    return this.page.getByRole('article').getByRole('button', { name: /^(Export .* · |Download (again|step))/ });
  }
  /** Exports a format on Export. */
  async exportAs(format: string): Promise<Download> {
    await this.use(format).check({ force: true });
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.exportButton.click()]);
    return download;
  }
  /** Downloads the Hugging Face folder on Export, and waits until it is verified. */
  /** @returns the step in the model's name */
  async takeFolder(zip: string): Promise<number> {
    await this.goTo('Export');
    const download = await this.exportAs('Hugging Face folder');
    await download.saveAs(zip);
    await expect(this.page.getByRole('article').getByText('Exported and verified')).toBeVisible({ timeout: 60_000 });
    return Number(/-step-(\d+)\.zip$/.exec(download.suggestedFilename())![1]);
  }
  /** Imports a folder into a fresh browser. */
  async bringAnew(zip: string, device: 'WebGPU' | 'WASM'): Promise<void> {
    await this.page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
    });
    await this.open('/export');
    await this.useDevice(device);
    await this.importModel(zip);
  }

  /** Waits for an event of the run. */
  async event(step: number, words: RegExp): Promise<void> {
    // Clock, step, words: a clock of 0:06 before step 0 must not match step 60.
    const atStep = this.page.locator('span:nth-child(2)', { hasText: new RegExp(`^${step.toLocaleString('en')}$`) });
    const events = this.page.getByRole('list', { name: 'Events' }).getByRole('listitem');
    const line = events.filter({ has: atStep }).filter({ hasText: words });
    await expect(line.first()).toBeVisible({ timeout: 300_000 });
  }
}

/** Whether a URL is the tab's icon, which the browser requests at every navigation, by default as favicon.ico. */
const isIcon = (url: string): boolean => url.endsWith('/icon.svg') || url.endsWith('/favicon.ico');

const number = (words: string): number => Number(/[\d,.]+/.exec(words)![0].replaceAll(',', ''));

/** Generates greedy text in Playground, and returns it with the probabilities at one position. */
export async function talk(studio: Studio): Promise<{ text: string; probabilities: string[] }> {
  const { page } = studio;
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Call me ');
  await page.getByRole('slider', { name: 'Temperature' }).fill('0');
  await studio.set({ Length: 12 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^\d+ tokens? in |then the model ended/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Write', exact: true })).toBeVisible(); // the button is Stop until then
  const tokens = page.getByRole('listbox', { name: 'Generated tokens' });
  const text = await tokens.innerText();
  await tokens.getByRole('option').nth(4).click();
  const probabilities = await page
    .getByRole('table', { name: /^Alternatives of token/ })
    .getByRole('row')
    .allInnerTexts();
  expect(probabilities.length).toBeGreaterThan(5);
  return { text, probabilities };
}
