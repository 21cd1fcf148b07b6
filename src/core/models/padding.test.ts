import { beforeAll, describe, test } from 'vitest';
import { decisiveModel, DECODERS, ENCODER } from '../../testing/decoding';
import { expectScoresOfTextAlone, expectSeenWithoutLengths, expectUnseen } from '../../testing/padding';
import { toyRelative } from '../../testing/toyRelative';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';

const MODELS = [
  ['GPT', () => decisiveModel(DECODERS['GPT'])],
  ['Llama', () => decisiveModel(DECODERS['Llama'])],
  ['BERT', () => decisiveModel(ENCODER)],
  ['an encoder and its decoder', () => toyRelative('relative-pair')],
  ['what sees all', () => toyRelative('relative-both-ways')],
] as const;

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test.each(MODELS)("%s: outputs don't depend on padding", async (_name, open) => {
    const net = await open();
    for (const how of [{ dropout: 0 }, { dropout: 0.2, recompute: true }]) await expectUnseen(net, how);
    net.dispose();
  });
  test('outputs of a bidirectional model without lengths depend on padding', async () => {
    const net = await toyRelative('relative-both-ways');
    await expectSeenWithoutLengths(net);
    net.dispose();
  });
  test.each([MODELS[0], MODELS[1], MODELS[4]])('%s: scores equal those of the text alone', async (_name, open) => {
    const net = await open();
    await expectScoresOfTextAlone(net);
    net.dispose();
  });
});
