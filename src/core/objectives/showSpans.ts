import { unwatched, yieldToEventLoop } from '../base/job';
import type { Network } from '../models/network';
import { generate } from '../sample/generate';
import { answerStart, sourceIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { drawing } from './masks';
import type { ToShow } from './objective';
import type { FilledPart, Shown } from './shown';
import { corrupted, spanLengths, type SpanSettings, spanReach } from './spans';

/**
 * Beginning of the held-out text with the model's prediction for each removed span; without a text, its answer to the prompt.
 */
export async function showSpans(network: Network, asked: ToShow, settings: SpanSettings): Promise<Shown> {
  const { tokenizer, prompt, source } = asked;
  const tokens = Math.min(MAX, source?.tokens ?? 0, spanReach(network.choice.config.context, settings));
  if (!source || tokens < 2) return showAnswer(network, asked, sourceIds(tokenizer, prompt));
  const ids = await source.read(0, tokens);
  const lengths = spanLengths(tokens, settings, drawing('shown', { seed: 0, step: 0, row: 0 }));
  const { inputs } = corrupted(ids, lengths, (n) => tokenizer.idOf('sentinel', n), tokenizer.endOfText);
  const spans = spansIn(await answered(network, asked, inputs), tokenizer);
  const parts: FilledPart[] = [];
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    const text = textOf(tokenizer, ids.subarray(at, at + length));
    parts.push(i % 2 === 0 ? { text } : { text: textOf(tokenizer, spans[(i - 1) / 2] ?? []), wanted: text });
    at += length;
  }
  return { kind: 'filled', parts };
}

/** Answer to the prompt with these input ids. */
export async function showAnswer(network: Network, asked: ToShow, source: readonly number[]): Promise<Shown> {
  const { tokenizer, prompt } = asked;
  const read = source.length > 0 ? source : [tokenizer.endOfText];
  return { kind: 'answered', input: prompt, given: textOf(tokenizer, await answered(network, asked, read)) };
}

/** Greedy answer, up to the end token. */
async function answered(network: Network, { tokenizer, pause }: ToShow, source: readonly number[]): Promise<number[]> {
  const length = Math.min(MAX, network.choice.config.context);
  const settings = { temperature: 0, topK: 1, topP: 1, seed: 0, length };
  const ids: number[] = [];
  const start = [answerStart(tokenizer)];
  for await (const { id } of generate(network, start, settings, unwatched, pause ?? yieldToEventLoop, source)) {
    if (id === tokenizer.endOfText) break;
    ids.push(id);
  }
  return ids;
}

/** Tokens after each sentinel, by its number; if a sentinel occurs twice, those after the first. */
function spansIn(ids: readonly number[], tokenizer: Tokenizer): readonly (readonly number[] | undefined)[] {
  const sentinels = tokenizer.special.filter(({ role }) => role === 'sentinel').length;
  const numbers = new Map(Array.from({ length: sentinels }, (_, n) => [tokenizer.idOf('sentinel', n), n]));
  const spans: (number[] | undefined)[] = [];
  let current: number[] = [];
  for (const id of ids) {
    const number = numbers.get(id);
    if (number === undefined) current.push(id);
    else {
      current = [];
      spans[number] ??= current;
    }
  }
  return spans;
}

function textOf(tokenizer: Tokenizer, ids: Iterable<number>): string {
  const decoder = tokenizer.decoder();
  return [...ids].map((id) => decoder.push(id)).join('') + decoder.end();
}

/** Maximum tokens of a passage, and of an answer. */
const MAX = 64;
