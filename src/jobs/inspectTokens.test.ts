import { beforeAll, expect, test } from 'vitest';
import { yieldToEventLoop } from '../core/base/job';
import { passageOf } from '../core/inspect/passage';
import { tokenPredictions } from '../core/inspect/tokenLoss';
import { tokenText } from '../core/inspect/tokenText';
import { inspected } from '../testing/inspected';
import { useSingleThreadWasm } from '../testing/wasm';
import { inspectTokens } from './inspectTokens';

beforeAll(useSingleThreadWasm);

test.each(['GPT', 'Llama', 'BERT', 'T5'] as const)(
  '%s: the values of `inspect`, with the text of each token',
  async (name) => {
    const model = { ...(await inspected(name)), step: 7 };
    const { network, tokenizer } = model;
    // The first two tokens are equal, so the first can't be mistaken for a predicted one.
    const prompt = 'aathe whale';
    const found = await inspectTokens(model, { prompt }, yieldToEventLoop);
    const passage = await passageOf(network, tokenizer, { prompt });
    const predictions = await tokenPredictions(network, tokenizer, passage, { count: 10 });
    expect(found.step).toBe(7);
    expect(found.tokens.map(({ loss }) => loss)).toEqual(predictions.map(({ loss }) => loss));
    expect(found.tokens.map(({ rank }) => rank)).toEqual(predictions.map(({ rank }) => rank));
    expect(found.tokens.map(({ id }) => id)).toEqual(
      predictions.map((_, i) => passage.predictions[i]!.expected ?? null),
    );
    const best = predictions.map(({ alternatives }) => tokenText(tokenizer, alternatives[0]!.id));
    expect(found.tokens.map(({ alternatives }) => alternatives[0]!.text)).toEqual(best);
    if (name === 'T5') return; // it predicts its own answer
    expect(found.start + found.tokens.map(({ text }) => text ?? '').join('')).toBe(prompt);
  },
);

test('reports tokens that were cut, and refuses an empty passage', async () => {
  const model = { ...(await inspected('GPT')), step: 7 };
  const { context } = model.network.choice.config;
  const prompt = 'the whale '.repeat(context);
  const found = await inspectTokens(model, { prompt }, yieldToEventLoop);
  expect(found.tokens).toHaveLength(context);
  expect(found.cut).toBe([...model.tokenizer.encode(prompt)].length - context);
  await expect(inspectTokens(model, { prompt: '' }, yieldToEventLoop)).rejects.toMatchObject({ code: 'bad-settings' });
});
