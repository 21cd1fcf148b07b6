import type { Job, Pause } from '../core/base/job';
import { fill } from '../core/sample/fill';
import type { SampledToken } from '../core/sample/sampleToken';
import { write } from '../core/sample/write';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { GeneratedToken, GpuApi, Guess } from '../protocol/gpu';
import { throttled } from '../jobs/throttled';
import type { LoadedModel } from '../jobs/loadedModel';

type Generate = GpuApi['generate'];

/** Text that a model writes, told as it comes. A stop is a result. */
export async function writeText(
  model: LoadedModel,
  input: Generate['input'],
  { signal, report }: Job<Generate['progress']>,
  pause: Pause,
): Promise<Generate['output']> {
  const began = performance.now();
  const { tokenizer } = model;
  const decoder = tokenizer.decoder();
  const tell = throttled<GeneratedToken>(TELL_EVERY, report);
  const { tokens, most, ...told } = await (input.chat ? answering : goingOn)(model, input, { signal }, pause);
  let written = 0;
  for await (const { id, probability, alternatives } of tokens) {
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
  const reason = signal.aborted ? 'stopped' : written < most ? 'end' : 'length';
  return { reason, ms: performance.now() - began, ...told };
}

interface Writing extends Pick<Generate['output'], 'leftOut'> {
  tokens: AsyncIterable<SampledToken>;
  /** How many come, where the model does not end sooner. */
  most: number;
}

function goingOn(
  { network, tokenizer }: LoadedModel,
  { prompt, beams = { count: 1, lengthPenalty: 1 }, ...chance }: Generate['input'],
  job: Pick<Job, 'signal'>,
  pause: Pause,
): Writing {
  const settings = { ...chance, beams: beams.count, lengthPenalty: beams.lengthPenalty };
  return { tokens: write(network, tokenizer, prompt, settings, job, pause), most: chance.length };
}

async function answering(
  { network, tokenizer }: LoadedModel,
  { prompt, chat = [], ...chance }: Generate['input'],
  job: Pick<Job, 'signal'>,
  pause: Pause,
): Promise<Writing> {
  const { asked, converse } = await import('../core/sample/converse'); // Jinja comes with it
  const { choice } = network;
  const question = await asked(choice, tokenizer, [...chat, { role: 'user', content: prompt }], chance.length);
  const { leftOut } = question;
  return {
    tokens: converse(network, question, chance, job, pause),
    most: Math.min(chance.length, question.most),
    leftOut,
  };
}

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
