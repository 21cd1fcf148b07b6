import { beforeAll, expect, test } from 'vitest';
import { yieldToEventLoop } from '../core/base/job';
import { inspected } from '../testing/inspected';
import { useSingleThreadWasm } from '../testing/wasm';
import { inspectLens } from './inspectLens';
import { inspectTokens } from './inspectTokens';

beforeAll(useSingleThreadWasm);

test.each(['GPT', 'Llama', 'BERT', 'T5'] as const)(
  '%s: a lens per prediction, which ends at the output that inspectTokens shows',
  async (name) => {
    const model = { ...(await inspected(name)), step: 7 };
    const prompt = 'the whale';
    const { tokens } = await inspectTokens(model, { prompt }, yieldToEventLoop);
    const lenses = await inspectLens(model, { prompt }, yieldToEventLoop);
    expect(lenses).toHaveLength(tokens.length);
    for (const [i, { answer, firstLeads, depths }] of lenses.entries()) {
      const [top] = tokens[i]!.alternatives;
      expect(answer).toBe(top!.text);
      expect(depths).toHaveLength(model.network.choice.config.layers + 1);
      const last = depths.at(-1)!;
      expect(last).toMatchObject({ text: top!.text, answer: { rank: 1 } });
      expect(last.probability).toBeCloseTo(top!.probability, 5);
      expect(last.divergence).toBeCloseTo(0, 6);
      expect(depths.findIndex(({ text }) => text === answer)).toBe(firstLeads);
    }
  },
);

test('refuses an empty passage', async () => {
  const model = await inspected('GPT');
  await expect(inspectLens(model, { prompt: '' }, yieldToEventLoop)).rejects.toMatchObject({ code: 'bad-settings' });
});
