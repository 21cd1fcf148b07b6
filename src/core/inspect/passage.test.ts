import { beforeAll, expect, test } from 'vitest';
import { wordPiece } from '../../testing/appliedTokenizers';
import { inspected } from '../../testing/inspected';
import { untrainedClassifier } from '../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../testing/wasm';
import { initialValues, network } from '../models/network';
import { createTokenizer } from '../tokenizer/byteLevel';
import { attentionWeights } from './attention';
import { passageOf } from './passage';
import { tokenPredictions } from './tokenLoss';
import { tokenText } from './tokenText';

beforeAll(useSingleThreadWasm);

test('truncates a text longer than the context, and counts what was left out', async () => {
  for (const name of ['GPT', 'Llama', 'BERT'] as const) {
    const model = await inspected(name);
    const { ids, cut } = await passageOf(model.network, model.tokenizer, { prompt: 'a'.repeat(40) });
    expect([ids.length, cut]).toEqual([32, { prompt: 8, target: 0 }]);
    model.network.dispose();
  }
  const { network, tokenizer } = await inspected('T5');
  const long = { prompt: 'a'.repeat(40), target: 'b'.repeat(40) };
  const { ids, source, predictions, cut } = await passageOf(network, tokenizer, long);
  expect([ids.length, source!.length, source!.at(-1)]).toEqual([32, 32, tokenizer.endOfText]);
  expect(cut).toEqual({ prompt: 9, target: 9 });
  expect(predictions).toHaveLength(32);
  expect(predictions.at(-1)).toEqual({ position: 31 }); // a truncated target doesn't end
  network.dispose();
});

test('refuses an empty text, a target without a decoder for it, and unwritable characters', async () => {
  const gpt = await inspected('GPT');
  const refused = (prompt: string, target?: string) =>
    expect(passageOf(gpt.network, gpt.tokenizer, { prompt, target })).rejects;
  await refused('').toMatchObject({ code: 'bad-settings', message: 'The prompt is empty: it has no tokens.' });
  await refused('a', 'b').toThrow('GPT models read one text, without a target.');
  await refused('a\ud800').toMatchObject({ code: 'bad-file' });
  gpt.network.dispose();

  const tokenizer = await createTokenizer({
    ...{ kind: 'wordpiece', merges: [] },
    applied: { json: JSON.stringify(wordPiece), rows: 21 },
  });
  const bert = await inspected('BERT');
  const read = (prompt: string) => passageOf(bert.network, tokenizer, { prompt });
  await expect(read('want ☃ run ☂ ☃')).rejects.toThrow(
    'The tokenizer has no token for 2 parts of the prompt: "☃", "☂".',
  );
  // A blank is no word that the tokenizer lacks.
  const { ids, predictions } = await read('Want ___, run');
  expect(ids).toEqual([2, 8, 4, 11, 9, 3]);
  expect(predictions).toEqual([{ position: 1, expected: 8 }, { position: 2 }, { position: 3, expected: 11 }, { position: 4, expected: 9 }]); // prettier-ignore
  expect((await read('[MASK]')).predictions).toEqual([{ position: 1 }]);
  bert.network.dispose();
});

test('a classifier has attention, but predicts no tokens', async () => {
  const { info, snapshot, tokenizer } = await untrainedClassifier('bert');
  const net = await network(info.model, snapshot.tensors);
  const passage = await passageOf(net, tokenizer, { prompt: 'whale' });
  expect(passage).toMatchObject({ ids: [tokenizer.endOfText, ...tokenizer.encode('whale')], predictions: [] });
  expect((await attentionWeights(net, passage)).self).toMatchObject({ queries: 6, keys: 6 });
  await expect(tokenPredictions(net, tokenizer, passage, { count: 1 })).rejects.toThrow('it scores labels, not tokens');
  net.dispose();
});

test('an encoder without a mask token predicts nothing', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const { network: bert } = await inspected('BERT');
  const choice = { ...bert.choice, vocabulary: tokenizer.size };
  const net = await network(choice, initialValues(choice, 1));
  const passage = await passageOf(net, tokenizer, { prompt: 'whale' });
  await expect(tokenPredictions(net, tokenizer, passage, { count: 1 })).rejects.toThrow('no mask token');
  for (const each of [bert, net]) each.dispose();
});

test('shows special tokens by their spelling and parts of characters as bytes', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const [first] = tokenizer.encode('é');
  expect(tokenText(tokenizer, tokenizer.endOfText)).toBe('<|endoftext|>');
  expect(tokenText(tokenizer, first!)).toBe('<0xC3>');
  expect(tokenText(tokenizer, tokenizer.encode('a')[0]!)).toBe('a');
});
