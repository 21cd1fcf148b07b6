/** The offline page of every architecture and variant gives the app's results in its own engine. */
import { describe, expect, test } from 'vitest';
import { readBytes } from '../../../files/byteSource';
import type { FromEngine } from '../../../../page/protocol';
import { exportedOf } from '../../../../testing/exports/models';
import { LENGTH, ourBlanks, ourLabels, ourText, PASSAGE, PROMPTS, TEXTS } from '../../../../testing/exports/ours';
import { refusalOf } from '../../../../testing/exports/refused';
import { plainRow, type Row, rows } from '../../../../testing/exports/rows';
import { template } from '../../../../testing/exports/templates';
import { answer, blocksOf, textIn, textOf } from '../../../../testing/offlinePage';
import type { PageModel } from './write';
import { DOES, type OutKind, kindOf } from '../../kinds';
import { hubWeights } from '../../weights';
import { html } from './format';

const GREEDY = { temperature: 0, topK: 0, topP: 1, seed: 1, length: LENGTH };
const modelIn = (page: string): PageModel => JSON.parse(textIn(page, 'model')) as PageModel;
async function pageOf(row: Row): Promise<string> {
  const exported = await exportedOf(row);
  const [file] = await html.files(exported, { withOptimizer: false, template });
  expect(file!.name).toBe(`${exported.name}.html`);
  return new TextDecoder('utf-8', { fatal: true }).decode(await readBytes(file!));
}
const written = (heard: readonly FromEngine[]): number[] => {
  expect(heard.filter(({ kind }) => kind === 'failed')).toEqual([]);
  return heard.flatMap((message) => (message.kind === 'wrote' ? [message.token.id] : []));
};

/** Checks the text after each prompt, also beyond the context. */
async function writes(row: Row, page: string): Promise<void> {
  const { tokenizer } = await exportedOf(row);
  const isLong = row.config.context < 64;
  for (const [prompt, length] of [...PROMPTS.map((each) => [each, LENGTH] as const), ...(isLong ? [LONG(row)] : [])]) {
    const heard = await answer(page, prompt, { ...GREEDY, length });
    const ids = written(heard);
    expect(ids).toEqual(await ourText(row, prompt, length));
    expect(textOf(heard)).toBe(tokenizer.decode(ids));
  }
}
const LONG = ({ config }: Row) => ['Call me Ishmael. Some years ago', config.context + 10] as const;

const CLAIMS: Readonly<Record<OutKind, (row: Row, page: string) => Promise<void>>> = {
  async decoder(row, page) {
    expect(modelIn(page).summary).toMatch(/written by a machine and may be false\.$/);
    await writes(row, page);
  },

  async encoder(row, page) {
    const { filled } = (await answer(page, PASSAGE, GREEDY)).find((message) => message.kind === 'filled')!;
    const expected = await ourBlanks(row);
    expect(filled.pieces).toEqual(expected.pieces);
    for (const [i, blank] of filled.blanks.entries())
      for (const [j, { id, text, probability }] of blank.entries()) {
        const own = expected.blanks[i]![j]!;
        expect([id, text]).toEqual([own.id, own.text]);
        expect(probability).toBeCloseTo(own.probability, 5);
      }
    expect(filled.blanks).toHaveLength(2);
    const failed = async (text: string) => (await answer(page, text, GREEDY)).at(-1);
    const none = { code: 'bad-settings', message: 'The passage has no blank to fill.' };
    expect(await failed('no blank')).toMatchObject({ kind: 'failed', failure: none });
    const { tokenizer, info } = await exportedOf(row);
    const [long, { context }] = [`___${'x'.repeat(70)}`, info.model.config];
    const tokens = tokenizer.encode('x'.repeat(70)).length + 1;
    expect(await failed(long)).toMatchObject({
      failure: { message: `The passage has ${tokens} tokens; this model’s context is ${context}.` },
    });
  },

  async 'encoder-decoder'(row, page) {
    await writes(row, page);
    const chosen = { ...GREEDY, temperature: 1 };
    expect(written(await answer(page, 'the whale', chosen))).toEqual(await ourText(row, 'the whale', LENGTH, 1));
    expect((await answer(page, 'the whale', chosen)).at(-1)).toMatchObject({ kind: 'done' });
  },

  async classifier(row, page) {
    const texts = [...TEXTS.slice(0, 5), 'It is not down in any map; true places never are, and so on, and on.'];
    for (const [i, { tokens, read, windows, probabilities }] of (await ourLabels(row, texts)).entries()) {
      const heard = await answer(page, texts[i]!, GREEDY);
      const { classified } = heard.find((message) => message.kind === 'classified')!;
      expect(classified).toMatchObject({ tokens, read, windows });
      for (const [label, share] of classified.probabilities.entries())
        expect(share).toBeCloseTo(probabilities[label]!, 4);
    }
    const none = { kind: 'failed', failure: { message: 'There is no text.' } };
    expect((await answer(page, '', GREEDY)).at(-1)).toMatchObject(none);
  },
};

const all = rows().filter((row) => refusalOf(row, 'html') === null);
describe.each(all)('$name', (row) => {
  test("has all weights bit for bit, and gives the app's results", async () => {
    const page = await pageOf(row);
    const { summary, tensors } = modelIn(page);
    if (kindOf(row) !== 'classifier') expect(summary).toContain(` ${DOES[kindOf(row)].words}.`);
    const bytes = Buffer.concat(blocksOf(page).map((text) => Buffer.from(text, 'base64')));
    const weights = hubWeights(await exportedOf(row));
    expect(tensors.map(([name]) => name)).toEqual([...weights.keys()]);
    const pieces = tensors.flatMap(([name]) => [...weights.get(name)!.pieces()]);
    const expected = Buffer.concat(pieces.map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
    expect(bytes.equals(expected)).toBe(true);
    await CLAIMS[kindOf(row)](row, page);
  });
});

test("a classifier uses its run's confidence threshold", async () => {
  const row = rows().find(({ config }) => config.classes)!;
  const exported = await exportedOf(row);
  const decided = { ...exported, info: { ...exported.info, decision: { temperature: 1, atLeast: 0.5 } } };
  const [file] = await html.files(decided, { withOptimizer: false, template });
  const page = new TextDecoder().decode(await readBytes(file!));
  expect(modelIn(page).atLeast).toBe(0.5);
  expect(modelIn(await pageOf(plainRow('gpt'))).atLeast).toBeUndefined();
});
