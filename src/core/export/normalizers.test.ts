/** Text normalization of a model's tokenizer in every format: prompts that differ only in it get the same answer. */
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { rm } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { template } from '../../../scripts/templates';
import { normalization, type Normalizer, runOf } from '../base/normalizer';
import { bytesSource, readBytes, textFile } from '../files/byteSource';
import { normalizersOf } from '../documents/clean/normalizersOf';
import { NO_RECIPE, stepOf } from '../documents/clean/recipe';
import { answer, textOf, writtenPage } from '../../testing/offlinePage';
import { serviceFolder, startService } from '../../testing/runningService';
import { awkwardText } from '../../testing/texts';
import { greedy, trainedModels } from '../../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { readTokenizerJson } from '../tokenizer/readJson';
import type { Exported, Format } from './format';
import { FORMATS } from './formats';
import { settingsOf } from './formatSettings';
import { openModel } from './importModel';
import { cardOf } from '../../testing/cardOf';
import { normalizerWords } from './normalizerWords';
import { propertyRuns } from '../../testing/propertyRuns';

const STEPS = normalizersOf({
  ...NO_RECIPE,
  steps: [stepOf('unicode', { form: 'NFKC' }), stepOf('lowerCase'), stepOf('accents')],
});
const form = normalization(STEPS);
const PROMPT = 'CALL Me Ishmaél. ＳＯＭＥ Years';
const PLAIN = 'call me ishmael. some years';
const LENGTH = 12;
/** Code of the service, which isn't compiled. */
const CODE: string = '../../../public/templates/service/normalize.mjs';
let model: Exported;
/** The same weights without normalization. */
let before: Exported;
let continuation: string;

beforeAll(async () => {
  before = (await trainedModels())[0]!;
  const tokenizer = await createTokenizer({ ...before.tokenizer.model, normalizers: STEPS });
  model = { ...before, tokenizer, info: { ...before.info, normalizers: STEPS } };
  continuation = tokenizer.decode(await greedy(model, before.tokenizer.encode(PLAIN), LENGTH));
}, 240_000); // Whichever test needs the models first trains them.

const written = async (format: keyof typeof FORMATS) =>
  Promise.all(
    (await FORMATS[format].files(model, { withOptimizer: false, template })).map(async (file) => ({
      name: file.name,
      bytes: await readBytes(file),
    })),
  );
const sources = (files: Awaited<ReturnType<typeof written>>) =>
  files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) }));

test('a Hugging Face folder keeps it, and its card and record describe it', async () => {
  const files = await written('hf');
  const json = files.find(({ name }) => name.endsWith('tokenizer.json'))!.bytes;
  expect((JSON.parse(new TextDecoder().decode(json)) as { normalizer: unknown }).normalizer).toEqual({
    type: 'Sequence',
    normalizers: STEPS,
  });
  expect(readTokenizerJson(json)).toEqual(model.tokenizer.model);
  const back = await openModel(sources(files));
  expect(back.tokenizer.hash).toBe(model.tokenizer.hash);
  expect(back.info?.normalizers).toEqual(STEPS);
  const others = await readBytes(textFile('homegrown.json', JSON.stringify(before.info)));
  const mixed = files.map((file) => (file.name.endsWith('homegrown.json') ? { ...file, bytes: others } : file));
  await expect(openModel(sources(mixed))).rejects.toThrow(
    'tokenizer.json normalizes text by: Unicode form NFKC, lowercase, no accents; homegrown.json by: nothing',
  );
});

test('transformers.js reads the same from tokenizer.json as we do', async () => {
  const [first] = (await written('hf')).filter(({ name }) => name.endsWith('tokenizer.json'));
  const theirs = new HuggingFace(JSON.parse(new TextDecoder().decode(first!.bytes)) as object, {});
  // transformers.js uses JavaScript's white space, and parses text that looks like a special token.
  const differing = /[\u0085\ufeff]|<\|endoftext\|>/u;
  const texts = fc.sample(awkwardText, { numRuns: propertyRuns(300), seed: 3 }).filter((text) => !differing.test(text));
  for (const text of [...texts, 'İSTANBUL ΟΔΟΣ. Σ', 'straße ﬁn', 'e\u0301\u0327', '한글 你好'])
    expect([...model.tokenizer.encode(text)], JSON.stringify(text)).toEqual(theirs.encode(text).ids);
});

test('a GGUF file warns about it, describes it, and keeps it for our import', async () => {
  const [file] = await written('gguf-f16');
  const keys = new TextDecoder('latin1').decode(file!.bytes.slice(0, 4000));
  expect(keys).toContain('Prompts are to be normalized first: Unicode form NFKC, lowercase, no accents.');
  const back = await openModel(sources([file!]));
  expect(back.tokenizer.hash).toBe(model.tokenizer.hash);
  const card = cardOf(model.info);
  expect(card).toContain('Text is normalized before tokenization: Unicode form NFKC, lowercase, no accents.');
  expect(card).toContain('A GGUF file can’t contain the tokenizer’s normalization');
  expect(card).toContain('`Tokenizer.from_file("tokenizer.json").normalizer.normalize_str(prompt)`');
  expect(cardOf(before.info)).not.toMatch(/cannot say|is normalised/);
  const { warning, sidecar }: Format = FORMATS['gguf-f16'];
  expect([model, before].map(({ info }) => warning!(settingsOf(info)) === null)).toEqual([false, true]);
  const [modelfile] = await sidecar!.files(model.info, 'whale.gguf');
  expect(new TextDecoder().decode(await readBytes(modelfile!))).toMatch(
    /^# .*write prompts in that form: Unicode form NFKC, lowercase, no accents\.$/m,
  );
});

test('the offline page normalizes prompts', async () => {
  const page = await writtenPage(model);
  const settings = { temperature: 0, topK: 0, topP: 1, seed: 1, length: LENGTH };
  for (const prompt of [PROMPT, PLAIN]) {
    const heard = await answer(page, prompt, settings);
    expect(heard.filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(textOf(heard)).toBe(continuation);
  }
});

test('the web service normalizes prompts', async () => {
  const folder = await serviceFolder(model);
  const service = await startService(folder);
  try {
    for (const prompt of [PROMPT, PLAIN]) {
      const ask = { model: model.name, prompt, max_tokens: LENGTH, temperature: 0 };
      const { choices, usage } = await service.client.completions.create(ask);
      expect(choices[0]!.text).toBe(continuation);
      expect(usage!.prompt_tokens).toBe(model.tokenizer.encode(PLAIN).length);
    }
  } finally {
    service.process.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}, 60_000);

test("the service's code gives our results, step by step", async () => {
  const { normalizer } = (await import(CODE)) as {
    normalizer(steps: unknown): (text: string) => string;
  };
  const each: readonly (readonly Normalizer[])[] = [
    STEPS,
    [{ type: 'NFD' }, { type: 'StripAccents' }],
    [{ type: 'NFKD' }, { type: 'Replace', pattern: { Regex: runOf('*-]^é') }, content: '$&' }],
    [{ type: 'Replace', pattern: { String: 'a' }, content: '' }],
  ];
  fc.assert(
    fc.property(awkwardText, fc.constantFrom(...each), (text, steps) => {
      expect(normalizer(steps)(text)).toBe(normalization(steps).text(text));
    }),
  );
  expect(form.text(PROMPT)).toBe(PLAIN);
  expect(normalizer(undefined)('As it is')).toBe('As it is');
  expect(() => normalizer([{ type: 'Nmt' }])).toThrow(/unknown normalizer: Nmt/);
});

test('describes normalization in words', () => {
  expect(normalizerWords(STEPS)).toBe('Unicode form NFKC, lowercase, no accents');
  const { steps } = { steps: [stepOf('numbers'), stepOf('specialCharacters', { characters: '*_' })] };
  expect(normalizerWords(normalizersOf({ ...NO_RECIPE, steps }))).toBe('every digit as "0", without what is in "[*_]"');
});
