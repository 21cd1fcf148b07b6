/** Main path of every architecture: add a file, train, export a folder, and import it again. */
import { expect, type Page, type TestInfo } from '@playwright/test';
import { type Studio, TINY } from './studio';

export interface MainPath {
  architecture: 'GPT' | 'BERT' | 'T5' | 'Llama';
  device: 'WebGPU' | 'WASM';
  /** Fields of the Model page. */
  settings: Readonly<Record<string, number | string>>;
  /** Advanced fields of the Model page. */
  advanced?: Readonly<Record<string, number | string>>;
  /** Trains the model, and returns the step at which the run ends or is stopped. */
  train(page: Page, studio: Studio): Promise<number>;
  /** Uses the model in Playground; the same model must give the same answer. */
  use(page: Page, studio: Studio): Promise<unknown>;
  /** Scans a page in its current state. */
  scan?(page: Page, state: string): Promise<void>;
}

export async function takeMainPath(page: Page, studio: Studio, path: MainPath, info: TestInfo): Promise<void> {
  const { architecture, device, settings, advanced, train, use, scan = () => Promise.resolve() } = path;
  await studio.open();
  await studio.useDevice(device);
  await studio.choose('Choose files…', 'dist/samples/moby-dick.txt');
  await expect(studio.stages).toContainText('1.21 M characters');
  await studio.chooseArchitecture(architecture);
  await studio.set(settings);
  if (advanced) {
    for (const more of await page.getByText('Advanced', { exact: true }).all()) await more.click();
    await studio.set(advanced);
  }
  await expect(studio.stages).toContainText(architecture);
  await scan(page, `Model, ${architecture}`);

  // The tokenizer has the special tokens of the architecture.
  await studio.goTo('Tokenizer');
  await page.getByText('Bytes', { exact: true }).click();
  await page.getByRole('button', { name: 'Build tokens' }).click();
  await expect(studio.stages).toContainText(/\d+ tokens/);
  await studio.goTo('Data');
  await expect(page.getByRole('main')).toContainText('for validation (10 %)');

  await studio.goTo('Model');
  await page.getByRole('button', { name: 'Start training' }).click();
  const reached = await train(page, studio);
  await scan(page, `Train, ${architecture}`);
  await studio.goTo('Playground');
  const before = await use(page, studio);
  await scan(page, `Playground, ${architecture}`);

  const zip = info.outputPath('model.zip');
  // The exported step is the better one of the best and the last.
  const step = await studio.takeFolder(zip);
  expect(step).toBeLessThanOrEqual(reached);
  await studio.bringAnew(zip, device);
  await expect(studio.strip).toContainText(`step ${String(step)}`);
  await studio.goTo('Playground');
  expect(await use(page, studio)).toEqual(before);
  expect(studio.errors).toEqual([]);
}

/** Trains to the end of the run. */
export const toTheEnd =
  (steps: number) =>
  async (_page: Page, studio: Studio): Promise<number> => {
    await studio.event(steps, /Evaluated/);
    await expect(studio.strip).toContainText('Finished');
    return steps;
  };

/** Steps between evaluations. */
const INTERVAL = 30;
/** Settings of a GPT that beats a unigram model after two evaluations, and never finishes. */
export const ENDLESS = {
  settings: { ...TINY, Steps: 100_000, 'Evaluate every': INTERVAL },
  advanced: { 'Evaluation tokens': 2048 },
} as const;

/** Stops an endless run, reloads the page, and resumes it until its next evaluation. */
export async function withStop(page: Page, studio: Studio): Promise<number> {
  const stop = async (): Promise<number> => {
    await page.getByRole('button', { name: 'Stop and save' }).click();
    const resume = page.getByRole('button', { name: /^Resume from step/ });
    await expect(resume).toBeVisible();
    return Number(/[\d,]+/.exec(await resume.innerText())![0].replaceAll(',', ''));
  };
  // The model beats a unigram model.
  await studio.event(2 * INTERVAL, /Evaluated/);
  expect(await studio.perplexity()).toBeLessThan(await studio.baseline('unigram'));
  const stoppedAt = await stop();
  const bytes = await studio.scriptBytes();
  expect(bytes).toBeGreaterThan(1_000_000); // a single copy of TensorFlow.js
  // A second copy of TensorFlow.js would add 2.8 MB. Names of glossary terms take 8 kB; their definitions, which load
  // when Tab passes a term, 18 kB. Verdicts and the forecast added 27 kB, fused WASM passes 14 kB: 2.909 MB in
  // December 2026.
  expect(bytes).toBeLessThan(2_930_000);
  const perplexity = await studio.perplexity();

  // Curve, samples and step are there after a reload.
  await page.reload();
  await expect(page.getByRole('button', { name: `Resume from step ${stoppedAt.toLocaleString('en')}` })).toBeVisible();
  expect(await studio.perplexity()).toBe(perplexity);
  await studio.event(INTERVAL, /Evaluated/);
  const scrubber = page.getByRole('slider', { name: 'Training step' });
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^Step [\d,]+, perplexity/);

  await page.getByRole('button', { name: /^Resume from/ }).click();
  await studio.event((Math.floor(stoppedAt / INTERVAL) + 1) * INTERVAL, /Evaluated/);
  const reached = await stop();
  expect(await studio.perplexity()).toBeLessThanOrEqual(perplexity);
  return reached;
}
