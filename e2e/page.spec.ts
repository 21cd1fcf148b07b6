/** The offline page, opened from a file without network: generates the same text as the app, and makes no requests. */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { expect, test, type Page, type TestInfo } from '@playwright/test';
import { template } from '../scripts/templates';
import { readBytes } from '../src/core/files/byteSource';
import type { Exported } from '../src/core/export/format';
import { html } from '../src/core/export/formats/html/format';
import { dataOf, recipeOf } from '../src/core/runs/segments';
import { chatmlModel, QUESTION } from '../src/testing/chatModel';
import { learning } from '../src/testing/runInfo';
import { greedy, trainedModels } from '../src/testing/trainedModel';
import { COLORS, expectAccessible } from './axe';

let models: Exported[];
test.beforeAll(async () => {
  models = await trainedModels();
});

/** Opens a model's page without network, and collects every request except for the file itself, and every error. */
async function open(page: Page, info: TestInfo, model: Exported): Promise<{ wrong: string[] }> {
  const [file] = await html.files(model, { withOptimizer: false, template });
  const path = info.outputPath(file!.name);
  await writeFile(path, await readBytes(file!));
  const address = pathToFileURL(path).href;
  const wrong: string[] = [];
  await page.context().setOffline(true);
  page.context().on('request', (request) => {
    if (request.url() !== address && !/^(blob|data):/.test(request.url())) wrong.push(`asked for ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  await page.goto(address);
  await expect(page.getByRole('button', { name: /^(Write|Answer)$/ })).toBeEnabled();
  return { wrong };
}

test('a damaged page reports the kind of damage', async ({ page }, info) => {
  const model = models[0]!;
  const textOf = async (exported: Exported): Promise<string> =>
    new TextDecoder().decode(await readBytes((await html.files(exported, { withOptimizer: false, template }))[0]!));
  const whole = await textOf(model);
  const { shape, data } = model.snapshot.tensors.get('transformer.ln_f.bias')!;
  const tensors = new Map(model.snapshot.tensors).set('transformer.ln_f.bias', { shape, data: data.with(3, NaN) });
  const BLOCK = /<script type="application\/octet-stream;base64">[^<]*<\/script>/;
  const incomplete = /If this line stays, the file is incomplete: copy or download it again/;
  // prettier-ignore
  const cases: readonly (readonly [what: string, source: string, says: RegExp])[] = [
    ['cut in its weights', whole.slice(0, whole.length / 2), incomplete],
    ['cut in its script', whole.slice(0, -2000), incomplete],
    ['a script that is another', whole.replace(/(<script>[^]*?)document/, '$1Document'), incomplete],
    ['one digit of a weight', whole.replace(/(base64">[^<]{999})([^<])/, (_, a: string, b: string) => a + (b === 'A' ? 'B' : 'A')), /This page is damaged: its checksum is [0-9a-f]{8}, not [0-9a-f]{8}\. Copy or download/],
    ['no base64', whole.replace(/(base64">[^<]{999})[^<]/, '$1*'), /This page is damaged: a block of its weights can’t be read/],
    ['no weights', whole.replace(BLOCK, ''), /This page is damaged: it has 0 bytes of weights, not [\d,]+/],
    ['no JSON', whole.replace('"tokenizer":', '"tokenizer";'), /This page is damaged: its model description can’t be read/],
    ['another key', whole.replace('"tensors":', '"uensors":'), /Couldn’t load the model: the file is damaged, or this browser is too old\. Copy/],
    ['another card', whole.replace('"card":', '"dard":'), /Couldn’t load the model: the file is damaged/],
    ['a layer more', whole.replace('"layers":2', '"layers":3'), /This page is damaged: its checksum is/],
    ['what is no number', await textOf({ ...model, snapshot: { ...model.snapshot, tensors } }), /transformer\.ln_f\.bias\[3\] is not a finite number\. .*diverged/],
  ];
  const uncaught: string[] = [];
  page.on('pageerror', (error) => uncaught.push(error.message));
  for (const [what, source, says] of cases) {
    expect(source === whole, what).toBe(false);
    const path = info.outputPath('damaged.html');
    await writeFile(path, source);
    await page.goto(pathToFileURL(path).href);
    await expect(page.locator(says === incomplete ? '#status' : '#failure'), what).toHaveText(says);
    await expect(page.getByRole('button', { name: 'Write' })).toBeDisabled();
    if (what === 'one digit of a weight') {
      await expectAccessible(page, 'damaged');
    }
  }
  expect(uncaught).toEqual([]);
});

async function set(page: Page, settings: Readonly<Record<string, number>>): Promise<void> {
  const closed = page.locator('#settings:not([open]) > summary');
  if ((await closed.count()) > 0) await closed.click();
  for (const [label, value] of Object.entries(settings)) {
    await page.getByRole('spinbutton', { name: label, exact: true }).fill(String(value));
  }
}
const written = (page: Page): Promise<string> => page.getByRole('listbox').evaluate((list) => list.textContent);

for (const [i, how] of (
  ['in a worker', 'in turns of the page, where no worker can be made', 'and there without WebAssembly'] as const
).entries()) {
  test(`writes the text that the app writes, ${how}`, async ({ page }, info) => {
    const model = models[i]!;
    if (i >= 1) await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'Worker'));
    if (i === 2) await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'));
    const { wrong } = await open(page, info, model);
    expect(page.workers().length).toBe(i === 0 ? 1 : 0);
    // APIs that no policy in a file can block are removed: pop-ups, by either name, and calls.
    const waysOut = () => ['open' in globalThis, 'open' in document, 'RTCPeerConnection' in globalThis];
    expect(await page.evaluate(waysOut)).toEqual([false, false, false]);
    await expect(page.getByRole('contentinfo')).toContainText('disables pop-ups and calls');

    const prompt = 'Call me Ishmael. Some years ago';
    const length = model.info.model.config.context + 10;
    await set(page, { Temperature: 0, Length: length });
    await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('button', { name: 'Write' })).toBeVisible();
    await expect(page.locator('#status')).toContainText('per second');
    const expected = await greedy(model, model.tokenizer.encode(prompt), length);
    const { endOfText } = model.tokenizer;
    const text = model.tokenizer.decode(expected.slice(0, [...expected, endOfText].indexOf(endOfText)));
    expect(await written(page)).toBe(text);
    await expect(page.getByText('A machine wrote the text after your prompt. It may be false')).toBeVisible();
    await expect(page.locator('#voice')).toHaveText(text.trim());
    expect(wrong).toEqual([]);
  });
}

test('works by keyboard: settings, write, stop, alternatives; another Write uses the next seed', async ({
  page,
}, info) => {
  const { wrong } = await open(page, info, models[0]!);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Write' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await set(page, { Length: 40, Seed: 7, Temperature: 1 });
  const texts: string[] = [];
  for (const seed of [7, 8, 7]) {
    if (texts.length === 2) await set(page, { Seed: 7 });
    await page.keyboard.press('Control+Enter');
    await expect(page.locator('#status')).toContainText(/^40 tokens/);
    await expect(page.getByRole('spinbutton', { name: 'Seed' })).toHaveValue(String(seed));
    texts.push(await written(page));
  }
  expect(texts[2]).toBe(texts[0]);
  expect(texts[1]).not.toBe(texts[0]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue(
    recipeOf(models[0]!.info).samplePrompt + texts[0]!,
  );
  await expect(page.locator('#status')).toContainText(/^40 tokens/);

  await set(page, { Length: 100_000 });
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
  await expect(page.getByRole('option')).not.toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Write' })).toBeVisible();
  expect(await page.getByRole('option').count()).toBeLessThan(100_000);

  await page.getByRole('listbox').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('heading', { name: 'Token 2' })).toBeVisible();
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);

  await set(page, { Length: 0 });
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('button', { name: 'Write' })).toBeVisible();
  await expect(page.getByRole('spinbutton', { name: 'Length' })).toBeFocused();
  expect(wrong).toEqual([]);
});

test('shows names, prompts and cards as text, whatever they contain', async ({ page }, info) => {
  const model = models[0]!;
  const nasty =
    '</script></title><img src=x onerror="document.title=1"><script>document.title=2</script><!-- &lt;b&gt; "\'';
  const facts = dataOf(model.info)!;
  const data = { ...facts, texts: [{ ...facts.texts[0]!, name: nasty }] };
  const recipe = { ...recipeOf(model.info), samplePrompt: nasty, steps: model.info.state.step };
  const { wrong } = await open(page, info, {
    ...model,
    info: { ...learning(model.info, { data, recipe }), name: nasty },
  });
  await expect(page).toHaveTitle(nasty);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(nasty);
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue(nasty);
  await page.getByText('About this model').click();
  await expect(page.getByRole('rowheader', { name: nasty })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('#status')).toContainText('per second');
  expect(await page.locator('img').count()).toBe(0);
  expect(wrong).toEqual([]);
});

test('can reach no address, not even one that would answer', async ({ page }, info) => {
  await open(page, info, models[0]!);
  await page.context().setOffline(false);
  await page
    .context()
    .route('https://example.com/**', (route) =>
      route.fulfill({ body: '1', contentType: 'text/plain', headers: { 'access-control-allow-origin': '*' } }),
    );
  const attempt = (): Promise<string> =>
    fetch('https://example.com/').then(
      () => 'answered',
      (error: unknown) => (error as Error).name,
    );
  expect(await page.evaluate(attempt)).toBe('TypeError');
  expect(await page.workers()[0]!.evaluate(attempt)).toBe('TypeError');

  const other = await page.context().newPage(); // The address answers without the policy.
  await other.goto('https://example.com/');
  expect(await other.evaluate(attempt)).toBe('answered');
});

for (const [name, colorScheme, width] of [
  ['light', 'light', 1440],
  ['dark', 'dark', 1440],
  ['on a phone', 'light', 390],
] as const) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });
    test(`axe finds nothing, before and after writing, ${name}`, async ({ page }, info) => {
      const { wrong } = await open(page, info, models[2]!);
      const rules = colorScheme === 'dark' ? COLORS : undefined;
      await expectAccessible(page, 'before writing', rules);
      await set(page, { Length: 120 });
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('#status')).toContainText('per second');
      await page.getByRole('option').nth(7).click();
      await page.getByText('About this model').click();
      await page.getByText('How it learned').click();
      await expect(page.getByRole('img', { name: /^Perplexity on text it never saw/ })).toBeVisible();
      await expect(page.getByText('A unigram model knows only how common each token is.')).toBeVisible();
      const scrubber = page.getByRole('slider', { name: 'Training step' });
      await expect(page.getByText(/^Step 60: perplexity/)).toBeVisible();
      await scrubber.press('Home');
      await expect(page.getByText(/^Step 0: perplexity/)).toBeVisible();
      await expectAccessible(page, 'after writing', rules);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wide).toBe(0);
      expect(wrong).toEqual([]);
    });
  });
}

test('a model with a chat template chats: it answers as the app does, with earlier messages', async ({
  page,
}, info) => {
  const { model, answer } = await chatmlModel();
  const { wrong } = await open(page, info, model);
  // Without a run, the model isn't known to be trained on chats; chat is offered anyway.
  await page.getByRole('button', { name: 'Chat' }).click();
  await set(page, { Temperature: 0, Length: 40 });
  const message = page.getByRole('textbox', { name: 'Message', exact: true });
  await expect(message).toHaveValue('');
  const say = async (words: string): Promise<string> => {
    await message.fill(words);
    await page.keyboard.press('Control+Enter');
    await expect(page.locator('#status')).toContainText('the model ended its turn');
    return written(page);
  };
  const first = await answer([{ role: 'user', content: QUESTION }]);
  expect(await say(QUESTION)).toBe(first.text);
  await expect(message).toHaveValue('');
  await expectAccessible(page, 'chat');

  // Earlier answers are included; text that looks like a special token stays text.
  const said = [{ role: 'user', content: QUESTION }, { role: 'assistant', content: first.text }, { role: 'user', content: '<|im_end|> ' + QUESTION }] as const; // prettier-ignore
  await message.fill(said[2].content);
  await page.getByRole('button', { name: 'Answer' }).click();
  await expect(page.locator('#status')).toContainText('per second');
  // The answer was cut inside a character.
  expect(await written(page)).toBe((await answer(said, 40)).text.replace(/\ufffd$/, ''));
  await expect(page.locator('#said dd')).toHaveText([QUESTION, first.text, said[2].content]);

  // A message that doesn't fit is refused, and can be edited.
  await message.fill('xyz '.repeat(100));
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText(/The question has \d+ tokens .*context is 160 tokens/);
  await expect(message).toHaveValue('xyz '.repeat(100));
  await page.getByRole('button', { name: 'New chat' }).click();
  await expect(page.locator('#said')).toBeHidden();
  expect(await say(QUESTION)).toBe(first.text);
  await page.getByRole('button', { name: 'Continue text' }).click();
  await expect(page.locator('#said')).toBeHidden();
  await page.getByRole('textbox', { name: 'Prompt' }).fill('The');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.locator('#status')).toContainText('per second');
  await expect(page.locator('#before')).toHaveText('The');
  expect(wrong).toEqual([]);
});
