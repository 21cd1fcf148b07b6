import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { template } from '../../../scripts/templates';
import { unwatched } from '../base/job';
import { network } from '../models/network';
import { fill } from '../sample/fill';
import { write } from '../sample/write';
import { untrainedBert, untrainedT5 } from '../testing/untrainedModels';
import { dataOf, recipeOf } from '../runs/segments';
import { answer, blocksOf, textIn, textOf, writtenPage } from '../testing/offlinePage';
import { learning } from '../testing/runInfo';
import { greedy, trainedModels } from '../testing/trainedModel';
import type { Failure } from '../base/errors';
import type { Exported } from './format';
import { html } from './formats/html';
import type { PageModel } from './html';
import { hubWeights } from './weights';
import { propertyRuns } from '../testing/propertyRuns';

let models: Exported[];
beforeAll(async () => {
  models = await trainedModels();
}, 240_000); // They are trained by whichever test needs them first.

test('the page has less than 400 kB of code, and a policy that lets nothing be fetched', async () => {
  const page = await template('page.html');
  expect(new TextEncoder().encode(page).length).toBeLessThan(400_000);
  const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)!;
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; style-src 'sha256-[^']+'; /,
  );
  expect(policy).not.toMatch(/unsafe-inline|'self'|https?:|connect-src/);
  expect(page).not.toMatch(/<(script|link|img|iframe)[^>]* (src|href)="(?!data:)/);
});

test('trained models of both architectures, read back from their pages, write the text that the app writes, past the context too', async () => {
  for (const model of models) {
    const page = await writtenPage(model);
    expect(modelIn(page).summary).toMatch(/written by a machine, and may be false\.$/);
    const prompt = 'Call me Ishmael. Some years ago';
    const length = model.info.model.config.context + 10;
    const settings = { temperature: 0, topK: 0, topP: 1, seed: 1, length };
    const heard = await answer(page, prompt, settings);
    expect(heard.filter(({ kind }) => kind === 'failed')).toEqual([]);
    const ids = heard.flatMap((message) => (message.kind === 'wrote' ? [message.token.id] : []));
    const { endOfText } = model.tokenizer;
    const expected = await greedy(model, model.tokenizer.encode(prompt), length);
    expect(ids).toEqual(expected.slice(0, [...expected, endOfText].indexOf(endOfText)));
    expect(ids.length).toBeGreaterThan(5);
    expect(textOf(heard)).toBe(model.tokenizer.decode(ids));
  }
});

test('the size is known before, and the weights are all there, bit for bit', async () => {
  for (const model of models) {
    const [file] = await html.files(model, { withOptimizer: false, template });
    let size = 0;
    let largest = 0;
    for await (const chunk of file!.chunks()) {
      size += chunk.length;
      largest = Math.max(largest, chunk.length);
    }
    expect(size).toBe(file!.size);
    expect(largest).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(file!.name).toBe(`${model.name}.html`);
    const page = await writtenPage(model);
    const bytes = Buffer.concat(blocksOf(page).map((text) => Buffer.from(text, 'base64')));
    const weights = hubWeights(model);
    const pieces = modelIn(page).tensors.flatMap(([name]) => [...weights.get(name)!.pieces()]);
    const expected = Buffer.concat(pieces.map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
    expect(bytes.equals(expected)).toBe(true);
  }
});

const modelIn = (page: string): PageModel => JSON.parse(textIn(page, 'model')) as PageModel;
const one = { temperature: 0, topK: 0, topP: 1, seed: 1, length: 1 };

/** Why the page does not write. */
async function refusal(page: string): Promise<Failure> {
  const heard = await answer(page, 'a', one);
  expect(heard.some(({ kind }) => kind === 'ready' || kind === 'wrote')).toBe(false);
  const failed = heard.find((message) => message.kind === 'failed');
  return failed!.failure;
}

test('a page that lost a part of its weights, or holds what is no base64, says so', async () => {
  const page = await writtenPage(models[0]!);
  const lost = await refusal(page.replace(/(base64">[^<]*)[^<]{40}(?=<)/, '$1'));
  expect(lost).toMatchObject({ code: 'bad-file', message: expect.stringMatching(/bytes of weights, and/) as string });
  const garbled = await refusal(page.replace(/(base64">[^<]{1000})[^<]/, '$1*'));
  expect(garbled).toMatchObject({
    code: 'bad-file',
    message: 'This page is damaged: a block of its weights cannot be read.',
    remedy: expect.stringMatching(/download the file again/) as string,
  });
});

test('a flipped bit anywhere in what the exporter wrote is refused in words', async () => {
  const page = Buffer.from(await writtenPage(models[0]!), 'latin1');
  const [start, end] = [page.indexOf('id="model">') + 11, page.lastIndexOf('<script>')];
  const spans = [...page.toString('latin1').matchAll(/<script type="[^"]+"[^>]*>|<\/script>/g)];
  const isText = (at: number): boolean => !spans.some(({ index, 0: tag }) => at >= index && at < index + tag.length);
  const at = fc.integer({ min: start, max: end - 1 }).filter((i) => isText(i) && page[i]! > 0x20);
  await fc.assert(
    fc.asyncProperty(at, fc.nat(6), async (place, bit) => {
      const flipped = Buffer.from(page);
      flipped[place]! ^= 1 << bit;
      fc.pre(flipped[place] !== 0x3c); // A `<` is the browser's to make sense of.
      const { code, message, remedy } = await refusal(flipped.toString('latin1'));
      if (code === 'bug') return; // What the engine has no words for, page.ts has.
      expect(['bad-file', 'out-of-memory']).toContain(code);
      expect(message).not.toMatch(/atob|iterable|undefined|JSON/);
      expect(remedy).toMatch(/again/);
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('a weight that is no number is refused by its name, though the checksum is right', async () => {
  const { snapshot, ...rest } = models[0]!;
  const { shape, data } = snapshot.tensors.get('transformer.ln_f.bias')!;
  const tensors = new Map([...snapshot.tensors, ['transformer.ln_f.bias', { shape, data: data.with(3, NaN) }]]);
  const page = await writtenPage({ ...rest, snapshot: { ...snapshot, tensors } });
  expect(await refusal(page)).toMatchObject({
    code: 'bad-file',
    message: 'This model cannot write: transformer.ln_f.bias[3] is not a finite number.',
  });
});

test('weights that are too large to reckon with are told as that, where they would be written from', async () => {
  const { snapshot, ...rest } = models[0]!;
  const { shape, data } = snapshot.tensors.get('transformer.ln_f.weight')!;
  const tensors = new Map([...snapshot.tensors, ['transformer.ln_f.weight', { shape, data: data.map(() => 3e38) }]]);
  const heard = await answer(await writtenPage({ ...rest, snapshot: { ...snapshot, tensors } }), 'a', one);
  expect(heard.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'diverged' } });
});

test('a model too large for the browser is refused with its size', async () => {
  const page = await writtenPage(models[0]!);
  const told = modelIn(page);
  const huge = JSON.stringify({ ...told, tensors: [['transformer.wte.weight', 2 ** 45]] }).replaceAll('<', '\\u003c');
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

test('nothing that people name gets out of its place', async () => {
  const [model] = models;
  const tags = (page: string): number => page.split('<').length;
  const plain = tags(await writtenPage(model!));
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
        ...model!,
        info: { ...learning(info, { data, recipe: { ...recipeOf(info), samplePrompt: prompt } }), name },
      });
      expect(tags(page)).toBe(plain);
      expect(modelIn(page)).toMatchObject({ name, prompt });
      expect(modelIn(page).summary).toContain(source);
      const [, title] = /<title>([^<]*)<\/title>/.exec(page)!;
      const read = title!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
      expect(read).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(name)));
    }),
    { numRuns: propertyRuns(60) },
  );
});

describe('models that do not go on from a text', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const settings = { temperature: 0, topK: 0, topP: 1, seed: 1, length: 20 };

  test('BERT fills its blanks as the app does, and says what is wrong with a passage', async () => {
    const model = await untrainedBert();
    const page = await writtenPage(model);
    expect(modelIn(page).summary).toMatch(/ BERT language model .*\. It fills blanks of a passage\./);
    const passage = 'It was the [MASK] and ___.';
    const filled = (await answer(page, passage, settings)).find((message) => message.kind === 'filled')!.filled;
    const net = await network(model.info.model, model.snapshot.tensors);
    const expected = await fill(net, model.tokenizer, passage, 8);
    net.dispose();
    expect(filled.pieces).toEqual(expected.pieces);
    expect(filled.blanks.map((blank) => blank.map(({ id, text }) => [id, text]))).toEqual(
      expected.blanks.map((blank) => blank.map(({ id, text }) => [id, text])),
    );
    for (const [i, blank] of filled.blanks.entries())
      for (const [j, { probability }] of blank.entries())
        expect(probability).toBeCloseTo(expected.blanks[i]![j]!.probability, 5);
    expect((await answer(page, 'no blank', settings)).at(-1)).toMatchObject({
      kind: 'failed',
      failure: { code: 'bad-settings', message: 'The passage has no blank to fill.' },
    });
    expect((await answer(page, `___${'x'.repeat(40)}`, settings)).at(-1)).toMatchObject({
      failure: { message: 'The passage is 41 tokens long, and this model reads 32 at once.' },
    });
  });

  test('T5 answers as the app does', async () => {
    const model = await untrainedT5();
    const page = await writtenPage(model);
    expect(modelIn(page).summary).toMatch(/ T5 language model .*\. It answers a text with another\./);
    const net = await network(model.info.model, model.snapshot.tensors);
    for (const change of [{}, { temperature: 1 }]) {
      const how = { ...settings, ...change };
      const heard = await answer(page, 'the whale', how);
      const ids = heard.flatMap((message) => (message.kind === 'wrote' ? [message.token.id] : []));
      const expected: number[] = [];
      const all = { ...how, beams: 1, lengthPenalty: 1 };
      for await (const { id } of write(net, model.tokenizer, 'the whale', all, unwatched)) expected.push(id);
      expect(ids).toEqual(expected);
      expect(heard.at(-1)).toMatchObject({ kind: 'done' });
    }
    net.dispose();
  });
});
