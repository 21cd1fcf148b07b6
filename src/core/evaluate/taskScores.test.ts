import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { initialValues, type Network, network } from '../models/network';
import { usualObjective } from '../objectives';
import { logits } from '../sample/logits';
import { memory } from '../sample/memory';
import { untrainedBert, untrainedT5 } from '../../testing/untrainedModels';
import { createTokenizer } from '../tokenizer/byteLevel';
import { answerStart, sourceIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { promptFormat } from './promptFormat';
import { taskScores } from './taskScores';
import type { Task } from './tasks';
import type { Answered, Chosen } from './taskTable';
import { targetNats } from './tokenScores';

const CONTEXT = 32;
interface Model {
  net: Network;
  tokenizer: Tokenizer;
}
const models = new Map<string, Model>();
beforeAll(async () => {
  await tf.setBackend('cpu');
  for (const [name, made] of [
    ['encoder', await untrainedBert()],
    ['encoder-decoder', await untrainedT5()],
  ] as const) {
    const { tokenizer, info, snapshot } = made;
    models.set(name, { net: await network(info.model, snapshot.tensors), tokenizer });
  }
  // Bytes and two merges, ' a' and ' ab'. Ids follow GPT-2's byte order: 220 is the space, 64 is a.
  const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[220, 64], [256, 65]] }); // prettier-ignore
  const config = { layers: 1, heads: 2, width: 16, context: CONTEXT };
  const choice = { id: 'gpt', config, vocabulary: tokenizer.size } as const;
  const large = [...initialValues(choice, 2)].map(([name, { shape, data }]) => {
    return [name, { shape, data: data.map((x) => (x === 1 ? x : 15 * x)) }] as const;
  });
  models.set('decoder', { net: await network(choice, new Map(large)), tokenizer });
});
const of = (name: string): Model => models.get(name)!;

const logSoftmax = (scores: Float32Array): ((id: number) => number) => {
  const highest = Math.max(...scores);
  const sum = scores.reduce((total, z) => total + Math.exp(z - highest), 0);
  return (id) => scores[id]! - highest - Math.log(sum);
};
/** Nats of `text`, with one full forward pass per token. */
const byHand: Record<string, (model: Model, prompt: string, text: string) => Promise<number>> = {
  async decoder({ net, tokenizer }, prompt, text) {
    const own = tokenizer.encode(prompt).length;
    const ids = [...tokenizer.encode(`${prompt} ${text}`)];
    let nats = 0;
    for (let at = own; at < ids.length; at++) nats -= logSoftmax(await logits(net, ids.slice(0, at), [at]))(ids[at]!);
    return nats;
  },
  async 'encoder-decoder'({ net, tokenizer }, prompt, text) {
    const read = memory(net, sourceIds(tokenizer, prompt));
    const ids = [answerStart(tokenizer), ...tokenizer.encode(text), tokenizer.endOfText];
    let nats = 0;
    for (let at = 1; at < ids.length; at++)
      nats -= logSoftmax(await logits(net, ids.slice(0, at), [at], read))(ids[at]!);
    read.dispose();
    return nats;
  },
  async encoder({ net, tokenizer }, prompt, text) {
    const [first, last] = prompt.split('___').map((piece) => [...tokenizer.encode(piece)]) as [number[], number[]];
    const hidden = [...tokenizer.encode(text)];
    const ids = [...first, ...hidden.map(() => tokenizer.idOf('mask')), ...last];
    let nats = 0;
    for (const [i, id] of hidden.entries()) nats -= logSoftmax(await logits(net, ids, [first.length + i + 1]))(id);
    return nats;
  },
};
const PROMPTS: Readonly<Record<string, readonly string[]>> = {
  decoder: ['of', 'a cab'],
  'encoder-decoder': ['of', 'a cab'],
  encoder: ['of ___', '___ in it'],
};

const scoresOf = (net: Network, tokenizer: Tokenizer, items: Task['items']) =>
  taskScores(net, tokenizer, { name: 'a', items }, { objective: usualObjective(net.choice.id) });

describe.each(Object.keys(byHand))('%s', (kind) => {
  const prompts = PROMPTS[kind]!;
  const choices = ['ab', 'a', 'bca xy'];

  test('chooses by nats that equal those of token-by-token passes', async () => {
    const model = of(kind);
    const costs = await Promise.all(
      prompts.map((prompt) => Promise.all(choices.map((choice) => byHand[kind]!(model, prompt, choice)))),
    );
    const ask = promptFormat(model.net.choice, model.tokenizer, usualObjective(model.net.choice.id));
    const before = tf.memory().numTensors;
    const nats = await targetNats(
      model.net,
      prompts.flatMap((prompt) => ask.tokenize(prompt, choices)),
    );
    for (const [i, want] of costs.flat().entries()) expect(nats[i]).toBeCloseTo(want, 3);
    const min = (of: readonly number[]): number => of.indexOf(Math.min(...of));
    const likeliest = costs.map(min);
    const perCharacter = costs.map((each) => min(each.map((cost, i) => cost / choices[i]!.length)));
    // Only the first row's correct choice is the likeliest.
    const items = prompts.map((prompt, i): Chosen => {
      const right = i === 0 ? likeliest[0]! : (likeliest[i]! + 1) % choices.length;
      return { line: i + 2, prompt, choices, right };
    });
    const scores = await scoresOf(model.net, model.tokenizer, items as [Chosen]);
    expect(tf.memory().numTensors).toBe(before);
    const share = 100 / prompts.length;
    expect(scores.metrics.accuracy!.value).toBeCloseTo(share);
    const alike = perCharacter.filter((choice, i) => choice === items[i]!.right).length;
    expect(scores.metrics.accuracyPerCharacter!.value).toBeCloseTo(alike * share);
    expect(scores).toMatchObject({ rows: prompts.length, cut: 0 });
    expect(scores.baselines['chance']!.accuracy).toBeCloseTo(100 / choices.length);
    expect(scores.missed.map(({ line, given }) => [line, given])).toEqual(
      items.slice(1).map(({ line }, i) => [line, choices[likeliest[i + 1]!]]),
    );
  });

  test('truncates and counts long prompts, and rejects expected answers that exceed the context', async () => {
    const { net, tokenizer } = of(kind);
    const long = 'x'.repeat(40);
    const prompt = kind === 'encoder' ? `${long} ___ ${long}` : long;
    const items: [Chosen] = [{ line: 2, prompt, choices: ['ab', 'b'], right: 0 }];
    const ask = promptFormat(net.choice, tokenizer, usualObjective(net.choice.id));
    const { ids, source } = ask.tokenize(prompt, ['ab'])[0]!;
    expect((source ?? ids).length).toBeLessThanOrEqual(CONTEXT);
    expect((await scoresOf(net, tokenizer, items)).cut).toBe(1);
    const tooLong: [Chosen] = [{ ...items[0], choices: ['b', 'y'.repeat(33)] }];
    await expect(scoresOf(net, tokenizer, tooLong)).rejects.toMatchObject({
      code: 'bad-settings',
      message: expect.stringMatching(
        /^Line 2 of the task: "y+" has 3[34] tokens, but the model's context is 32\.$/,
      ) as string,
    });
  });
});

/** Network whose likeliest token after a byte, or at its position, is given by `next`. */
function scripted(id: 'gpt' | 'bert' | 't5', tokenizer: Tokenizer, next: Readonly<Record<string, string>>): Network {
  const { size } = tokenizer;
  const code = (text: string): number =>
    text === '_' ? tokenizer.idOf('mask') : text === '$' ? tokenizer.endOfText : tokenizer.encode(text)[0]!;
  const after = new Int32Array(size).fill(code('!'));
  for (const [byte, follows] of Object.entries(next)) after[code(byte)] = code(follows);
  return {
    choice: { id, config: { context: CONTEXT }, vocabulary: size },
    forward: (ids: tf.Tensor2D) => ({
      hidden: tf.oneHot(tf.gather(tf.tensor1d(after, 'int32'), tf.reshape(ids, [-1])), size),
      classifier: tf.eye(size),
    }),
    encode: ({ lengths }: { lengths: tf.Tensor1D }) => ({ hidden: tf.zeros([1, 1]), classifier: tf.eye(1), lengths }),
  } as unknown as Network;
}
const answered = async (net: Network, tokenizer: Tokenizer, rows: readonly (readonly [string, string])[]) => {
  const items = rows.map(([prompt, answer], i): Answered => ({ line: i + 2, prompt, answer }));
  const { metrics, missed } = await scoresOf(net, tokenizer, items as [Answered]);
  return [metrics.exactMatch!.value, missed.map(({ line, given }) => `${line} ${given}`)];
};

test('a causal model answers with as many lines as expected, and surrounding spaces do not matter', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const net = scripted('gpt', tokenizer, { x: ' ', ' ': 'a', a: 'b', b: 'c', c: '\n', '\n': 'd', z: '$' });
  const rows = [['x', 'abc'], ['x  ', 'abc '], ['x', 'ab'], ['x', 'abc\nd!'], ['x', 'abcd'], ['x\n', 'd!'], ['z', 'q']] as const; // prettier-ignore
  // After d it repeats d forever; after z it ends.
  expect(await answered(net, tokenizer, rows)).toEqual([
    expect.closeTo(200 / 7),
    ['4 abc', '5 abc\nd!!!!!', '6 abc', '7 d!!!!!!!!!!', '8 '],
  ]);
});

test('an encoder-decoder answers up to its end token', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const net = scripted('t5', tokenizer, { $: 'a', a: 'b', b: '$' });
  expect(await answered(net, tokenizer, [['x', 'ab'], ['x', 'a']])).toEqual([50, ['3 ab']]); // prettier-ignore
});

test('fills a blank with as many tokens as expected', async () => {
  const { tokenizer } = of('encoder');
  const net = scripted('bert', tokenizer, { _: 'a' });
  expect(await answered(net, tokenizer, [['x ___ y', 'aa'], ['___', 'b']])).toEqual([50, ['3 a']]); // prettier-ignore
});

test('a decoder that was trained on pairs is prompted as in training', () => {
  const { net, tokenizer } = of('decoder');
  const { ids, targets: wanted } = promptFormat(net.choice, tokenizer, 'pairs').tokenize('xy', ['zz'])[0]!;
  const end = tokenizer.endOfText;
  expect(ids).toEqual([...tokenizer.encode('xy\nzz')]);
  expect(wanted.map(({ position: at, token }) => [at, token])).toEqual([[2, ids[3]], [3, ids[4]], [4, end]]); // prettier-ignore
});

test('rejects a passage without exactly one blank', async () => {
  const { net, tokenizer } = of('encoder');
  const scores = (prompt: string) => scoresOf(net, tokenizer, [{ line: 7, prompt, answer: 'a' }]);
  await expect(scores('no')).rejects.toThrow('Line 7 of the task: The passage has no blank to fill.');
  await expect(scores('___ and ___')).rejects.toThrow('Line 7 of the task: The prompt has 2 blanks.');
});
