import type { Job, Pause } from '../core/base/job';
import { fill } from '../core/sample/fill';
import type { SampledToken } from '../core/sample/sampleToken';
import { write } from '../core/sample/write';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { Message } from '../core/chat/conversation';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { FilledPassage, GeneratedToken, Guess } from '../core/runs/playground';
import { throttled } from './throttled';
import type { LoadedModel } from './loadedModel';

export interface GenerateInput {
  runId: string;
  which: WhichSnapshot;
  prompt: string;
  /** Earlier messages: the model answers the prompt by its chat template. Absent: it continues the prompt. */
  chat?: readonly Message[];
  /** 0: always the most likely token. */
  temperature: number;
  /** 0: off. */
  topK: number;
  /** 1: off. */
  topP: number;
  seed: number;
  length: number;
  /** Beam search instead of sampling, for a model that answers. */
  beams?: { count: number; lengthPenalty: number };
}

type WriteInput = Omit<GenerateInput, 'runId' | 'which'>;

export interface FillInput {
  runId: string;
  which: WhichSnapshot;
  /** With `[MASK]` or `___` for each blank. */
  passage: string;
  /** Candidates of each blank. */
  max: number;
}

/** Parts of a model for the job; the checkpoint may be of a store, a folder or a file. */
type Writer = Pick<LoadedModel, 'network' | 'tokenizer'>;

/** Why a text ended. `leftOut`: number of a chat's earliest messages that didn't fit into the context. */
export interface Generated {
  reason: 'length' | 'stopped' | 'end';
  ms: number;
  leftOut?: number;
}

/** Generates text and reports its tokens. A stop is a result. */
export async function writeText(
  model: Writer,
  input: WriteInput,
  { signal, report }: Job<readonly GeneratedToken[]>,
  pause: Pause,
): Promise<Generated> {
  const startedAt = performance.now();
  const { tokenizer } = model;
  const decoder = tokenizer.decoder();
  const reporter = throttled<GeneratedToken>(REPORT_INTERVAL_MS, report);
  const { tokens, max, ...reply } = await (input.chat ? answerChat : continueText)(model, input, { signal }, pause);
  let count = 0;
  for await (const { id, probability, alternatives } of tokens) {
    count += 1;
    reporter.push({
      id,
      text: decoder.push(id),
      bytes: [...tokenizer.bytes(id)],
      probability,
      alternatives: alternatives.map(([other, p]) => guess(tokenizer, other, p)),
    });
  }
  reporter.flush();
  const reason = signal.aborted ? 'stopped' : count < max ? 'end' : 'length';
  return { reason, ms: performance.now() - startedAt, ...reply };
}

interface Writing extends Pick<Generated, 'leftOut'> {
  tokens: AsyncIterable<SampledToken>;
  /** Number of tokens, if the model doesn't stop earlier. */
  max: number;
}

function continueText(
  { network, tokenizer }: Writer,
  { prompt, beams = { count: 1, lengthPenalty: 1 }, ...sampling }: WriteInput,
  job: Pick<Job, 'signal'>,
  pause: Pause,
): Writing {
  const settings = { ...sampling, beams: beams.count, lengthPenalty: beams.lengthPenalty };
  return { tokens: write(network, tokenizer, prompt, settings, job, pause), max: sampling.length };
}

async function answerChat(
  { network, tokenizer }: Writer,
  { prompt, chat = [], ...sampling }: WriteInput,
  job: Pick<Job, 'signal'>,
  pause: Pause,
): Promise<Writing> {
  const { asked, converse } = await import('../core/sample/converse'); // Jinja comes with it
  const { choice } = network;
  const question = await asked(choice, tokenizer, [...chat, { role: 'user', content: prompt }], sampling.length);
  const { leftOut } = question;
  return {
    tokens: converse(network, question, sampling, job, pause),
    max: Math.min(sampling.length, question.max),
    leftOut,
  };
}

/** Fills the blanks of a passage. */
export async function fillBlanks(
  { network, tokenizer }: Writer,
  { passage, max }: Pick<FillInput, 'passage' | 'max'>,
): Promise<FilledPassage> {
  const startedAt = performance.now();
  const { pieces, blanks } = await fill(network, tokenizer, passage, max);
  return {
    pieces,
    blanks: blanks.map((candidates) =>
      candidates.map(({ id, probability, text }) => ({ ...guess(tokenizer, id, probability), inPlace: text })),
    ),
    ms: performance.now() - startedAt,
  };
}

const guess = (tokenizer: Tokenizer, id: number, probability: number): Guess => {
  const bytes = tokenizer.bytes(id);
  return { id, text: wholeCharacters(bytes), bytes: [...bytes], probability };
};

/** Milliseconds. */
const REPORT_INTERVAL_MS = 50;
