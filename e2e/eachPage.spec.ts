/** What stood in the way on Model, Train and Playground: keys, numbers, small windows, and pages that showed another run. */
import { expect, test, type Page } from '@playwright/test';
import { SMALL, Studio } from './studio';

const SETTINGS = { ...SMALL, Steps: 20, 'Warm-up': 5, 'Evaluate every': 10 } as const;

test('numbers, keys, small windows and less motion', async ({ page }) => {
  test.setTimeout(900_000);
  page.setDefaultTimeout(180_000);
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.useDevice('WASM');
  await studio.set(SETTINGS);

  // Numbers as others write them are read, and it is said as what; what is set to a bound is told, and not for ever.
  const rate = studio.field('Learning rate');
  await rate.fill('0,003');
  await expect(rate).toHaveAccessibleDescription('read as 0.003');
  await rate.press('Tab');
  await expect(rate).toHaveValue('0.003');
  await studio.set({ Layers: 0 });
  const layers = studio.field('Layers');
  await expect(layers).toHaveAccessibleDescription(/below 1, the least: set to 1/);
  await layers.focus();
  await expect(layers).not.toHaveAccessibleDescription(/set to/);
  await expect(studio.field('Steps')).toHaveValue('20');
  await page.getByRole('button', { name: /changed: give back the usual values$/ }).click();
  await expect(studio.field('Steps')).toHaveValue('2,000');
  await studio.set({ ...SETTINGS, 'Learning rate': '.003' });

  // With the focus on a choice, the key that starts a run starts it.
  await studio.goTo('Text');
  await studio.paste('The sea is wide and the whale is white. '.repeat(1000));
  await studio.goTo('Model');
  await page.getByRole('button', { name: 'Presets' }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });

  // Where settings differ from those of a run that can go on, both ways stand side by side.
  await studio.goTo('Model');
  await studio.set({ Steps: 100_000, Dropout: 0.2 });
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(studio.strip).toContainText('Training', { timeout: 240_000 });
  expect(await drawings(page, 4000)).toBeGreaterThan(8);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.waitForTimeout(1500);
  // Each of four charts, once a second: cleared at most twice each time.
  expect(await drawings(page, 4000)).toBeLessThanOrEqual(40);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText('Stopped', { timeout: 120_000 });
  await expect(page.getByRole('button', { name: 'New run with these settings' })).toHaveCount(0);
  await studio.goTo('Model');
  await studio.set({ Dropout: 0.3 });
  await expect(page.getByText('dropout 0.3 for 0.2')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'New run with these settings' })).toBeVisible();

  // Playground may show another run; what Train says "Write with it" of is this one.
  await studio.goTo('Playground');
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option').last().click();
  await expect(page.getByText(/^Step 20 of/)).toBeVisible();
  await studio.goTo('Train');
  const reached = (await studio.strip.innerText()).match(/step ([\d,]+)/)![1]!;
  await page.getByRole('button', { name: 'Sample now' }).click();
  await expect(page.getByRole('list', { name: 'Samples' })).toContainText('asked', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Write with it' }).click();
  await expect(page.getByText(new RegExp(`^Step ${reached} of`))).toBeVisible();

  // In a small window device and palette are in reach, and the text has room; it is followed as it is written.
  await page.setViewportSize({ width: 1024, height: 768 });
  await expect(studio.strip.getByRole('button', { name: /^Device/ })).toBeVisible();
  await expect(studio.strip.getByRole('button', { name: 'Find or run a command' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Prompt' }).fill('The sea is wide. '.repeat(400));
  await expect(page.getByText(/^The model reads about the last \d+ characters of this/)).toBeVisible();
  await studio.set({ Length: 60 });
  await page.getByRole('button', { name: 'Write', exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText(/^60 tokens in/)).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('option').last()).toBeInViewport();
  expect(studio.errors).toEqual([]);
});

/** Times that a canvas was drawn anew within so many milliseconds. */
const drawings = (page: Page, milliseconds: number): Promise<number> =>
  page.evaluate(async (wait) => {
    const { clearRect } = CanvasRenderingContext2D.prototype;
    let count = 0;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      count++;
      clearRect.apply(this, box);
    };
    await new Promise((resolve) => setTimeout(resolve, wait));
    CanvasRenderingContext2D.prototype.clearRect = clearRect;
    return count;
  }, milliseconds);
