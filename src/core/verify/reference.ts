import { HomegrownError } from '../base/errors';
import { yieldToEventLoop, type Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Classes } from '../models/spec';
import { decoder } from '../sample/decoder';
import { labelLogits } from '../sample/labelLogits';
import { logits } from '../sample/logits';
import { memory } from '../sample/memory';
import type { TokenSource } from '../shards/manifest';
import { likeliest } from '../base/likeliest';
import { asDistribution } from './asDistribution';

/** This engine's results for a saved step, to compare other engines with. */
export interface Reference {
  /** Origin of the text: the held-out set, or the sample prompt with the model's continuation. */
  text: 'held-out' | 'prompt';
  /** For an encoder: reads all of `ids` for each distribution, which is that of position `length - 1`. */
  isBothWays?: true;
  /** For an encoder-decoder: input that `ids` answers. */
  source?: readonly number[];
  /** Tokens to read, at most a context. */
  ids: readonly number[];
  /** Number of `ids` read before each distribution. */
  lengths: readonly number[];
  /** Logits of the next token, [lengths, vocabulary]; for a classifier, of its labels by `asDistribution`. */
  scores: Float32Array;
  /** Number of `ids` that prompt the greedy tokens. */
  prompt: number;
  /** Greedy continuation. */
  greedy: readonly number[];
  /** Logits that each greedy token was chosen from, [greedy, vocabulary]. */
  greedyScores: Float32Array;
}

/**
 * Scores 20 positions of held-out text, and generates 20 tokens. If no such text is stored, uses the sample prompt and
 * its continuation. An encoder generates none; an encoder-decoder reads the first half of the text, with the second
 * half as its answer so far.
 * @param around end token of an input, and start token of an answer
 */
export async function reference(
  network: Network,
  heldOut: TokenSource | null,
  samplePrompt: readonly number[],
  pause: Pause = yieldToEventLoop,
  around: { start: number; end: number } = { start: 0, end: 0 },
): Promise<Reference> {
  const { context, classes } = network.choice.config;
  const max = Math.min(context, MAX_LENGTH);
  const heldOutIds = heldOut && (await readMiddle(heldOut, max));
  const { kind } = modelSpec(network.choice.id);
  if (classes) {
    const ids = heldOutIds ?? samplePrompt.slice(0, max);
    return classifierReference(network, classes, heldOutIds ? 'held-out' : 'prompt', ids, pause);
  }
  if (kind !== 'decoder') {
    const text = heldOutIds ? 'held-out' : 'prompt';
    const tokens = heldOutIds ?? samplePrompt.slice(0, max);
    return kind === 'encoder'
      ? encoderReference(network, text, tokens)
      : encoderDecoderReference(network, text, tokens, around, pause);
  }
  const ids =
    heldOutIds ?? (await greedyContinuation(network, samplePrompt.slice(0, Math.max(1, max - PLACES)), max, pause)).ids;
  const lengths = evenLengths(ids.length);
  const scores = await logits(network, ids, lengths);
  await pause();

  const prompt = Math.max(1, Math.min(Math.floor(ids.length / 2), context - PLACES));
  const continuation = await greedyContinuation(
    network,
    ids.slice(0, prompt),
    Math.min(prompt + PLACES, context),
    pause,
  );
  return {
    text: heldOutIds ? 'held-out' : 'prompt',
    ids,
    lengths,
    scores,
    prompt,
    greedy: continuation.ids.slice(prompt),
    greedyScores: continuation.scores,
  };
}

/** Scores the labels of each beginning of the text. */
async function classifierReference(
  network: Network,
  classes: Classes,
  text: Reference['text'],
  ids: readonly number[],
  pause: Pause,
): Promise<Reference> {
  const lengths = evenLengths(ids.length);
  const labelScores: number[] = [];
  for (const length of lengths) {
    labelScores.push(...asDistribution(classes, await labelLogits(network, ids, length)));
    await pause();
  }
  const emptyContinuation = { prompt: 0, greedy: [], greedyScores: new Float32Array() };
  return { text, ids, lengths, scores: Float32Array.from(labelScores), ...emptyContinuation };
}

async function encoderReference(network: Network, text: Reference['text'], ids: readonly number[]): Promise<Reference> {
  const lengths = evenLengths(ids.length);
  const scores = await logits(network, ids, lengths);
  return { text, ids, lengths, scores, prompt: 0, greedy: [], greedyScores: new Float32Array(), isBothWays: true };
}

async function encoderDecoderReference(
  network: Network,
  text: Reference['text'],
  tokens: readonly number[],
  { start, end }: { start: number; end: number },
  pause: Pause,
): Promise<Reference> {
  const half = Math.max(1, Math.floor(tokens.length / 2));
  const source = [...tokens.slice(0, half), end].slice(-network.choice.config.context);
  const ids = [start, ...tokens.slice(half)];
  const lengths = evenLengths(ids.length);
  const encoderMemory = memory(network, source);
  const scores = await logits(network, ids, lengths, encoderMemory);
  encoderMemory.dispose();
  await pause();
  const max = Math.min(1 + PLACES, network.choice.config.context);
  const continuation = await greedyContinuation(network, [start], max, pause, source);
  return {
    text,
    source,
    ids,
    lengths,
    scores,
    prompt: 1,
    greedy: continuation.ids.slice(1),
    greedyScores: continuation.scores,
  };
}

/** Number of positions to compare, and of tokens to generate. */
export const PLACES = 20;
/** Maximum number of tokens to read: deep into a text, but still fast. */
const MAX_LENGTH = 256;

/** Tokens from the middle of `source`; null if its shards are missing or damaged. */
async function readMiddle(source: TokenSource, max: number): Promise<number[] | null> {
  const length = Math.min(max, source.tokens);
  if (length === 0) return null;
  try {
    return [...(await source.read(Math.floor((source.tokens - length) / 2), length))];
  } catch (error) {
    if (error instanceof HomegrownError && error.code === 'storage-damaged') return null;
    throw error;
  }
}

async function greedyContinuation(
  network: Network,
  prompt: readonly number[],
  length: number,
  pause: Pause,
  source?: readonly number[],
): Promise<{ ids: readonly number[]; scores: Float32Array }> {
  const ids = [...prompt];
  const scores = new Float32Array((length - ids.length) * network.choice.vocabulary);
  const decoding = decoder(network, source);
  try {
    while (ids.length < length) {
      const next = await decoding.next(ids);
      scores.set(next, (ids.length - prompt.length) * next.length);
      ids.push(likeliest(next));
      await pause();
    }
  } finally {
    decoding.dispose();
  }
  return { ids, scores };
}

/** Up to 20 evenly spaced numbers from 1 to `length`, including the last. */
const evenLengths = (length: number): number[] => {
  const count = Math.min(PLACES, length);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * length) / count));
};
