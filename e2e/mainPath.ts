/** The main path, which every architecture takes: a file in, a model out as a folder, and the folder in again. */
import { expect, type Page, type TestInfo } from '@playwright/test';
import { type Studio, TINY } from './studio';

export interface MainPath {
  architecture: 'GPT' | 'BERT' | 'T5' | 'Llama';
  device: 'WebGPU' | 'WASM';
  /** Fields of Model. */
  settings: Readonly<Record<string, number | string>>;
  /** Fields of Model under "Advanced". */
  advanced?: Readonly<Record<string, number | string>>;
  /** Trains it; the run ends or is stopped at the step that is returned. */
  train(page: Page, studio: Studio): Promise<number>;
  /** Uses it in Playground; the same model gives the same answer. */
  use(page: Page, studio: Studio): Promise<unknown>;
  /** Scans a page in the state that it is in. */
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
  // The better of the best evaluated step and the last.
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

/** Evaluations are so many steps apart. */
const INTERVAL = 30;
/** The fields of a GPT that knows more than how frequent each token is after two evaluations, and never ends by itself. */
export const ENDLESS = {
  settings: { ...TINY, Steps: 100_000, 'Evaluate every': INTERVAL },
  advanced: { 'Evaluation tokens': 2048 },
} as const;

/** Stops a run that never ends by itself, reloads the page, and resumes it until it has been evaluated again. */
export async function withStop(page: Page, studio: Studio): Promise<number> {
  const stop = async (): Promise<number> => {
    await page.getByRole('button', { name: 'Stop and save' }).click();
    const resume = page.getByRole('button', { name: /^Resume from step/ });
    await expect(resume).toBeVisible();
    return Number(/[\d,]+/.exec(await resume.innerText())![0].replaceAll(',', ''));
  };
  // The model knows more than how frequent each token is.
  await studio.event(2 * INTERVAL, /Evaluated/);
  expect(await studio.perplexity()).toBeLessThan(await studio.baseline('unigram'));
  const stoppedAt = await stop();
  const bytes = await studio.scriptBytes();
  expect(bytes).toBeGreaterThan(1_000_000); // TensorFlow.js, once
  // TensorFlow.js twice would be 2.8 MB more. Names of the glossary's terms are 8 kB; its sentences, which load as Tab passes a
  // term, are 18 kB. Verdicts and the forecast added 27 kB: 2.881 MB in December 2026.
  expect(bytes).toBeLessThan(2_900_000);
  const perplexity = await studio.perplexity();

  // The curve, the samples and the step are there after a reload.
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
