import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { exportedOf } from '../../../../testing/exports/models';
import { plainRow } from '../../../../testing/exports/rows';
import { template } from '../../../../testing/exports/templates';
import { dataOf, recipeOf } from '../../../runs/segments';
import { answer, textIn, writtenPage } from '../../../../testing/offlinePage';
import { learning } from '../../../../testing/runInfo';
import type { Failure } from '../../../base/errors';
import type { Exported } from '../../format';
import type { PageModel } from './write';
import { propertyRuns } from '../../../../testing/propertyRuns';

let model: Exported;
beforeAll(async () => {
  model = await exportedOf(plainRow('gpt'));
});

test('the page has less than 400 kB of code, and a policy that blocks all requests', async () => {
  const page = await template('page.html');
  expect(new TextEncoder().encode(page).length).toBeLessThan(400_000);
  const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)!;
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-[^']+'; /,
  );
  expect(policy).not.toMatch(/unsafe-inline|'self'|https?:|connect-src/);
  expect(page).not.toMatch(/<(script|link|img|iframe)[^>]* (src|href)="(?!data:)/);
});

const modelIn = (page: string): PageModel => JSON.parse(textIn(page, 'model')) as PageModel;
const one = { temperature: 0, topK: 0, topP: 1, seed: 1, length: 1 };

/** Reason why the page doesn't write. */
async function refusal(page: string): Promise<Failure> {
  const heard = await answer(page, 'a', one);
  expect(heard.some(({ kind }) => kind === 'ready' || kind === 'wrote')).toBe(false);
  const failed = heard.find((message) => message.kind === 'failed');
  return failed!.failure;
}

test('reports missing weights and invalid base64', async () => {
  const page = await writtenPage(model);
  const lost = await refusal(page.replace(/(base64">[^<]*)[^<]{40}(?=<)/, '$1'));
  expect(lost).toMatchObject({ code: 'bad-file', message: expect.stringMatching(/bytes of weights, not/) as string });
  const garbled = await refusal(page.replace(/(base64">[^<]{1000})[^<]/, '$1*'));
  expect(garbled).toMatchObject({
    code: 'bad-file',
    message: 'This page is damaged: a block of its weights can’t be read.',
    remedy: expect.stringMatching(/download the file again/) as string,
  });
});

test('refuses a flipped bit anywhere in the exported data with a message', async () => {
  const page = Buffer.from(await writtenPage(model), 'latin1');
  const [start, end] = [page.indexOf('id="model">') + 11, page.lastIndexOf('<script>')];
  const spans = [...page.toString('latin1').matchAll(/<script type="[^"]+"[^>]*>|<\/script>/g)];
  const isText = (at: number): boolean => !spans.some(({ index, 0: tag }) => at >= index && at < index + tag.length);
  const at = fc.integer({ min: start, max: end - 1 }).filter((i) => isText(i) && page[i]! > 0x20);
  await fc.assert(
    fc.asyncProperty(at, fc.nat(6), async (place, bit) => {
      const flipped = Buffer.from(page);
      flipped[place]! ^= 1 << bit;
      fc.pre(flipped[place] !== 0x3c); // The browser interprets a `<`.
      const { code, message, remedy } = await refusal(flipped.toString('latin1'));
      if (code === 'bug') return; // page.ts has the message for unknown errors of the engine.
      expect(['bad-file', 'out-of-memory']).toContain(code);
      expect(message).not.toMatch(/atob|iterable|undefined|JSON/);
      expect(remedy).toMatch(/again/);
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('refuses a non-finite weight by name, even with a correct checksum', async () => {
  const { snapshot, ...rest } = model;
  const { shape, data } = snapshot.tensors.get('transformer.ln_f.bias')!;
  const tensors = new Map([...snapshot.tensors, ['transformer.ln_f.bias', { shape, data: data.with(3, NaN) }]]);
  const page = await writtenPage({ ...rest, snapshot: { ...snapshot, tensors } });
  expect(await refusal(page)).toMatchObject({
    code: 'bad-file',
    message: 'This model can’t run: transformer.ln_f.bias[3] is not a finite number.',
  });
});

test('reports weights that overflow in computation instead of a text', async () => {
  const { snapshot, ...rest } = model;
  const { shape, data } = snapshot.tensors.get('transformer.ln_f.weight')!;
  const tensors = new Map([...snapshot.tensors, ['transformer.ln_f.weight', { shape, data: data.map(() => 3e38) }]]);
  const heard = await answer(await writtenPage({ ...rest, snapshot: { ...snapshot, tensors } }), 'a', one);
  expect(heard.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'diverged' } });
});

test('refuses a model too large for the browser with its size', async () => {
  const page = await writtenPage(model);
  const inPage = modelIn(page);
  const huge = JSON.stringify({ ...inPage, tensors: [['transformer.wte.weight', 2 ** 45]] }).replaceAll('<', '\\u003c');
  const heard = await answer(
    page.replace(/(id="model">)[^<]*/, (_, open: string) => open + huge),
    'a',
    {
      temperature: 0,
      topK: 0,
      topP: 1,
      seed: 1,
      length: 1,
    },
  );
  const failure = heard.find((message) => message.kind === 'failed');
  expect(failure).toMatchObject({ failure: { code: 'out-of-memory' } });
});

test("a page and its card name an early model's step, and how long it was trained", async () => {
  const { info, ...rest } = model;
  const { steps } = recipeOf(info);
  const of = async (step: number, tokensSeen: number): Promise<readonly string[]> => {
    const early = { ...info, name: 'whales', state: { ...info.state, step, tokensSeen } };
    const page = await writtenPage({ ...rest, info: early });
    const { title, summary, card } = modelIn(page);
    expect(page).toContain(`<title>${title}</title>`);
    expect(card).toContain(`\n# ${title}\n`);
    return [title, /trained.*? on /.exec(summary)?.[0] ?? summary];
  };
  expect(await of(1, 512)).toEqual([`whales, step 1 of ${steps}`, 'trained for 1 step (512 tokens) on ']);
  expect(await of(steps, 30_720)).toEqual(['whales', `trained for ${steps} steps (30.7 k tokens) on `]);
  const [title, untrained] = await of(0, 0);
  expect(title).toBe(`whales, step 0 of ${steps}`);
  expect(untrained).toContain('parameters, not trained yet.');
});

test("names from people can't escape their place in the page", async () => {
  const tags = (page: string): number => page.split('<').length;
  const plain = tags(await writtenPage(model));
  const nasty = fc.constantFrom('</script>', '</title>', '<!--', '-->', '<script>', '"', "'", '&lt;', '{{weights}}', '$&', '{{model}}', '\u2028', '\0', '\ud800'); // prettier-ignore
  const text = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { maxLength: 8 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, text, async (name, prompt, source) => {
      const { info } = model!;
      const facts = dataOf(info)!;
      const data = { ...facts, texts: [{ ...facts.texts[0]!, name: source }] };
      const page = await writtenPage({
        ...model,
        info: {
          ...learning(info, { data, recipe: { ...recipeOf(info), samplePrompt: prompt, steps: info.state.step } }),
          name,
        },
      });
      expect(tags(page)).toBe(plain);
      expect(modelIn(page)).toMatchObject({ title: name, prompt });
      expect(modelIn(page).summary).toContain(source);
      const [, title] = /<title>([^<]*)<\/title>/.exec(page)!;
      const read = title!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
      expect(read).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(name)));
    }),
    { numRuns: propertyRuns(60) },
  );
});
