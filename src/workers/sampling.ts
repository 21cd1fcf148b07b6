import type { Job, Pause } from '../core/base/job';
import { fill } from '../core/sample/fill';
import { write } from '../core/sample/write';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { GeneratedToken, GpuApi, Guess } from '../protocol/gpu';
import { throttled } from './throttled';
import type { LoadedModel } from './models';

type Generate = GpuApi['generate'];

/** Text that a model writes, told as it comes. A stop is a result. */
export async function writeText(
  { network, tokenizer }: LoadedModel,
  { prompt, temperature, topK, topP, seed, length, beams = ONE_BEAM }: Generate['input'],
  { signal, report }: Job<Generate['progress']>,
  pause: Pause,
): Promise<Generate['output']> {
  const began = performance.now();
  const decoder = tokenizer.decoder();
  const tell = throttled<GeneratedToken>(TELL_EVERY, report);
  const settings = { temperature, topK, topP, seed, length, beams: beams.count, lengthPenalty: beams.lengthPenalty };
  let written = 0;
  for await (const { id, probability, alternatives } of write(
    network,
    tokenizer,
    prompt,
    settings,
    { signal },
    pause,
  )) {
    written += 1;
    tell.push({
      id,
      text: decoder.push(id),
      bytes: [...tokenizer.bytes(id)],
      probability,
      alternatives: alternatives.map(([other, p]) => guess(tokenizer, other, p)),
    });
  }
  tell.flush();
  const reason = signal.aborted ? 'stopped' : written < length ? 'end' : 'length';
  return { reason, ms: performance.now() - began };
}
const ONE_BEAM = { count: 1, lengthPenalty: 1 };

/** What stands in the blanks of a passage. */
export async function fillBlanks(
  { network, tokenizer }: LoadedModel,
  { passage, most }: GpuApi['fill']['input'],
): Promise<GpuApi['fill']['output']> {
  const began = performance.now();
  const { pieces, blanks } = await fill(network, tokenizer, passage, most);
  return {
    pieces,
    blanks: blanks.map((candidates) =>
      candidates.map(({ id, probability, text }) => ({ ...guess(tokenizer, id, probability), inPlace: text })),
    ),
    ms: performance.now() - began,
  };
}

const guess = (tokenizer: Tokenizer, id: number, probability: number): Guess => {
  const bytes = tokenizer.bytes(id);
  return { id, text: wholeCharacters(bytes), bytes: [...bytes], probability };
};

/** Milliseconds. */
const TELL_EVERY = 50;
