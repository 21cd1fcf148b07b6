/** Outputs of the GPU worker for models that don't continue a text. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../core/base/job';
import type { Message } from '../core/chat/conversation';
import type { ModelId } from '../core/models';
import { initialValues, type ModelChoice, network } from '../core/models/network';
import { chatmlModel, QUESTION } from '../testing/chatModel';
import { toyRelative } from '../testing/toyRelative';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { GeneratedToken } from '../protocol/gpu';
import type { LoadedModel } from './loadedModel';
import { fillBlanks, writeText } from './sample';

beforeAll(() => tf.setBackend('cpu'));
const ask = { runId: 'r', which: 'latest', temperature: 0, topK: 0, topP: 1, seed: 1, length: 6 } as const;
const noPause = (): Promise<void> => Promise.resolve();

async function loaded(choice: ModelChoice): Promise<LoadedModel> {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'padding', 'mask'] });
  const net = await network(
    { ...choice, vocabulary: tokenizer.size },
    initialValues({ ...choice, vocabulary: 259 }, 1),
  );
  return { runId: 'r', step: 1, network: net, tokenizer };
}

test('BERT fills blanks, and writes no text', async () => {
  const config = { ...{ layers: 1, heads: 2, width: 8, context: 16 }, ...{ hidden: 0, tanh: false, tokenTypes: 2 } };
  const model = await loaded({ id: 'bert', config: { ...config, ...{ normEpsilon: 1e-12 } }, vocabulary: 259 });
  const { pieces, blanks } = await fillBlanks(model, { passage: 'a [MASK] ___', max: 4 });
  expect(pieces).toEqual(['a', '', '']);
  expect(blanks).toHaveLength(2);
  for (const candidates of blanks) {
    expect(candidates).toHaveLength(4);
    for (const { inPlace, text, bytes } of candidates) {
      expect(bytes).toHaveLength(1);
      expect(inPlace).toBe(` ${text ?? '\ufffd'}`);
    }
  }
  await expect(writeText(model, { ...ask, prompt: 'a' }, unwatched, noPause)).rejects.toMatchObject({
    code: 'bad-settings',
    message: 'BERT models fill blanks and don’t continue text.',
  });
  model.network.dispose();
});

test('an encoder-decoder answers, likeliest or by beams, and fills no blanks', async () => {
  const net = await toyRelative('relative-pair');
  const model = await loaded({ ...net.choice, id: 'relative-pair' as ModelId });
  const sampled = async (beams?: { count: number; lengthPenalty: number }) => {
    const tokens: GeneratedToken[] = [];
    const job = { ...unwatched, report: (some: readonly GeneratedToken[]) => void tokens.push(...some) };
    const { reason } = await writeText(model, { ...ask, prompt: 'whale', ...(beams && { beams }) }, job, noPause);
    expect(reason).toBe(tokens.length < ask.length ? 'end' : 'length');
    return tokens;
  };
  const [greedy, one, four] = [
    await sampled(),
    await sampled({ count: 1, lengthPenalty: 1 }),
    await sampled({ count: 4, lengthPenalty: 0 }),
  ];
  expect(one).toEqual(greedy);
  for (const { probability, alternatives } of [...greedy, ...four]) {
    expect(probability).toBeGreaterThan(0);
    expect(alternatives).toHaveLength(8);
  }
  await expect(fillBlanks(model, { ...ask, passage: '___', max: 4 })).rejects.toMatchObject({ code: 'bad-settings' });
  for (const each of [net, model.network]) each.dispose();
});

test("a chat is answered by its template up to the end of the turn; earliest messages are dropped if they don't fit", async () => {
  const { model, answer } = await chatmlModel();
  const { tokenizer, info, snapshot } = model;
  const loadedModel = { runId: 'r', step: 1, tokenizer, network: await network(info.model, snapshot.tensors) };
  const said = async (prompt: string, chat: readonly Message[], length = 60) => {
    const tokens: GeneratedToken[] = [];
    const job = { ...unwatched, report: (some: readonly GeneratedToken[]) => void tokens.push(...some) };
    const written = await writeText(loadedModel, { ...ask, length, prompt, chat }, job, noPause);
    return { text: tokens.map(({ text }) => text).join(''), ...written };
  };
  const { text } = await answer([{ role: 'user', content: QUESTION }]);
  expect(await said(QUESTION, [])).toMatchObject({ text, reason: 'end', leftOut: 0 });

  const before = [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'abc '.repeat(30) },
    { role: 'assistant', content: 'no' },
    { role: 'user', content: 'Why?' },
    { role: 'assistant', content: 'So.' },
  ] as const;
  const rest = await said(QUESTION, before, 12);
  expect(rest.leftOut).toBe(2);
  const asked = [before[0], ...before.slice(3), { role: 'user', content: QUESTION } as const];
  expect(rest.text).toBe((await answer(asked, 12)).text);
  await expect(said('abc '.repeat(100), before)).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/^The question has \d+ tokens .* the context is 160 tokens/) as string,
  });
  loadedModel.network.dispose();
});
