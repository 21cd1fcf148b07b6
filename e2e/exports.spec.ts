/** Every format through the page: exported, and opened by a second engine under the strict headers. */
import { expect, test } from '@playwright/test';
import type { Exported } from '../src/core/export/format';
import { trainedModels } from '../src/testing/trainedModel';
import { COLORS } from './axe';
import { bringIn, checkExport, details, take } from './exporting';

let models: Exported[];
test.beforeAll(async () => {
  models = await trainedModels();
});

const ZIP = 'PK';
const CASES = [
  ['Hugging Face folder', 'F32', ZIP, 'a second program on this computer'],
  ['GGUF', 'F32', 'GGUF', 'llama.cpp'],
  ['GGUF', 'F16', 'GGUF', 'llama.cpp'],
  ['GGUF', 'Q8_0', 'GGUF', 'llama.cpp'],
  ['ONNX', 'F32', ZIP, 'onnxruntime'],
  ['ONNX', 'F16', ZIP, 'onnxruntime'],
  ['Offline page', 'F32', '<!', 'a second program on this computer'],
  ['Web service', 'F16', ZIP, 'llama.cpp'],
  ['PyTorch bundle', 'F32', ZIP, 'a second program on this computer'],
] as const;

const SOME = CASES.filter(([name, precision]) =>
  ['GGUF F16', 'ONNX F32', 'Offline page F32'].includes(`${name} ${precision}`),
);

for (const [which, { kind, formats, cases }] of [
  { kind: 'bytes', formats: 'every format', cases: CASES },
  { kind: 'characters', formats: 'a file for each engine', cases: SOME },
  { kind: 'pairs', formats: 'a file for each engine', cases: SOME },
  { kind: 'pairs, a Llama,', formats: 'every format', cases: CASES },
].entries()) {
  test(`${formats} of a model of ${kind} is taken, opened by a second engine, and verified`, async ({ page }, info) => {
    const studio = await bringIn(page, models[which]!);
    for (const [name, precision, magic, engine] of cases) {
      const file = await take(page, name, info, precision);
      expect(file.subarray(0, magic.length).toString()).toBe(magic);
      await expect(details(page).getByText('Exported and verified')).toBeVisible({ timeout: 90_000 });
      await expect(details(page)).toContainText(new RegExp(`\\d+ of 20 tokens equal, .*opened by ${engine}`));
    }
    const { origin } = new URL(page.url());
    expect(
      studio.requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)),
    ).toEqual([]);
    expect(studio.errors).toEqual([]);
  });
}

test.describe('when files are blocked or changed in transit', () => {
  test('a file whose second engine can’t load is exported and not called verified', async ({ page }, info) => {
    await page.route('**/ort-wasm-*.wasm', (route) => route.abort());
    await bringIn(page, models[0]!);
    const file = await take(page, 'ONNX', info);
    expect(file.length).toBeGreaterThan(200_000);
    await expect(details(page).getByText('Exported, not checked')).toBeVisible();
    await expect(details(page)).toContainText('onnxruntime could not be loaded: you are offline');
    await expect(page.getByText('Exported and verified')).toHaveCount(0);
    // The next check still works.
    await take(page, 'GGUF', info);
    await expect(details(page).getByText('Exported and verified')).toBeVisible({ timeout: 90_000 });
  });

  test('a file that was written incorrectly does not match', async ({ page }, info) => {
    // With another epsilon than the model's.
    await page.route(/\/workers\/[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/(attention\.layer_norm_epsilon["'`]:\{f32:)1e-5/, '$1.5');
      await route.fulfill({ response, body });
    });
    await bringIn(page, models[0]!);
    await take(page, 'GGUF', info);
    await expect(details(page).getByText('Outputs differ')).toBeVisible({ timeout: 90_000 });
  });
});

for (const [name, colorScheme, width] of [
  ['in the dark', 'dark', 1440],
  ['on a phone', 'light', 390],
] as const) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });
    test(`axe finds nothing and the button stays in its place, before and after a check, ${name}`, async ({
      page,
    }, info) => {
      await checkExport(page, models[0]!, info, colorScheme === 'dark' ? COLORS : undefined);
    });
  });
}
