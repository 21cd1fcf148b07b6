/** Scores a model on a custom task. */
import { HomegrownError } from '../base/errors';
import { type Pause, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import { shareOf } from '../metrics/share';
import { wordsOf } from '../metrics/text/textMetric';
import type { Network } from '../models/network';
import type { ObjectiveId } from '../objectives';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type PromptFormat, promptFormat } from './promptFormat';
import type { Missed, Task, TaskScores } from './tasks';
import { type Answered, areChoices, type Chosen } from './taskTable';
import { targetNats } from './tokenScores';

interface TaskSettings {
  /** The model's objective. */
  objective: ObjectiveId;
  pause?: Pause;
  /** Reports how many rows are done. */
  onProgress?: (done: number, of: number) => void;
}

/**
 * Decodes greedily to the end of the text; a causal model to the end of the line. An encoder fills the blank of the
 * prompt with as many tokens as expected.
 * @throws HomegrownError `bad-settings` if an answer or a choice does not fit the context, or an encoder's prompt does
 * not have exactly one blank
 */
export async function taskScores(
  network: Network,
  tokenizer: Tokenizer,
  { name, items }: Task,
  { objective, pause = yieldToEventLoop, onProgress = () => undefined }: TaskSettings,
): Promise<TaskScores> {
  const context = { network, tokenizer, format: promptFormat(network.choice, tokenizer, objective), pause, onProgress };
  const scores = areChoices(items) ? await scoreChoices(items, context) : await scoreAnswers(items, context);
  return { name, rows: items.length, ...scores };
}

const MAX_MISSED = 100;
/** Keeps the end of a long prompt, where the question is. */
const promptEnd = (prompt: string): string => (prompt.length > 300 ? `… ${prompt.slice(-300)}` : prompt);

type Scored = Omit<TaskScores, 'name' | 'rows'>;

interface TaskContext extends Required<Pick<TaskSettings, 'pause' | 'onProgress'>> {
  network: Network;
  tokenizer: Tokenizer;
  format: PromptFormat;
}

async function scoreChoices(
  items: readonly Chosen[],
  { network, format, pause, onProgress }: TaskContext,
): Promise<Scored> {
  let [right, rightPerCharacter, truncated] = [0, 0, 0];
  const missed: Missed[] = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    onProgress(start, items.length);
    const batch = items.slice(start, start + BATCH_SIZE);
    const prompts = batch.map((item) => withLineNumber(item, () => format.tokenize(item.prompt, item.choices)));
    truncated += prompts.filter((variants) => variants.some(({ isTruncated }) => isTruncated)).length;
    const nats = await targetNats(network, prompts.flat(), pause);
    let next = 0;
    for (const { line, prompt, choices, right: rightChoice } of batch) {
      const costs = choices.map(() => nats[next++]!);
      const perCharacter = costs.map((cost, i) => cost / Array.from(choices[i]!).length);
      if (indexOfMin(perCharacter) === rightChoice) rightPerCharacter++;
      const likeliest = indexOfMin(costs);
      if (likeliest === rightChoice) right++;
      else missed.push({ line, prompt: promptEnd(prompt), wanted: choices[rightChoice]!, given: choices[likeliest]! });
    }
  }
  const chance = (100 * items.reduce((sum, { choices }) => sum + 1 / choices.length, 0)) / items.length;
  return {
    cut: truncated,
    metrics: {
      accuracy: percentageOf(right, items.length),
      accuracyPerCharacter: percentageOf(rightPerCharacter, items.length),
    },
    baselines: { chance: { accuracy: chance, accuracyPerCharacter: chance } },
    missed: missed.slice(0, MAX_MISSED),
  };
}

async function scoreAnswers(
  items: readonly Answered[],
  { network, tokenizer, format, pause, onProgress }: TaskContext,
): Promise<Scored> {
  let [right, truncated] = [0, 0];
  const missed: Missed[] = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    onProgress(start, items.length);
    const batch = items.slice(start, start + BATCH_SIZE);
    const prompts = batch.map((item) =>
      withLineNumber(item, () => format.tokenize(item.prompt, [item.answer], RESERVED_TOKENS)[0]!),
    );
    truncated += prompts.filter(({ isTruncated }) => isTruncated).length;
    const generated = await format.generate(network, prompts, pause);
    for (const [i, { line, prompt, answer }] of batch.entries()) {
      const output = format.endsAnswers ? generated[i]!.trim() : firstLines(generated[i]!, answer);
      // A normalizing tokenizer can only produce normalized text.
      if ([answer, tokenizer.decode(tokenizer.encode(answer))].some((expected) => isSame(output, expected))) right++;
      else missed.push({ line, prompt: promptEnd(prompt), wanted: answer, given: output });
    }
  }
  const counts = new Map<string, number>();
  for (const { answer } of items) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return {
    cut: truncated,
    metrics: { exactMatch: percentageOf(right, items.length) },
    baselines: { commonest: { exactMatch: (100 * Math.max(...counts.values())) / items.length } },
    missed: missed.slice(0, MAX_MISSED),
  };
}
/** Maximum number of prompts in a batch. */
const BATCH_SIZE = 64;
/** Tokens left free after an answer, so that its end is visible. */
const RESERVED_TOKENS = 2;

const percentageOf = (right: number, total: number) => ({ ...shareOf(right, total), unit: '%' as const });
/** Index of the smallest value; ties go to the first. */
const indexOfMin = (values: readonly number[]): number => values.indexOf(Math.min(...values));
const isSame = (first: string, second: string): boolean => wordsOf(first).join(' ') === wordsOf(second).join(' ');

/** Cuts an answer to as many lines as expected, because a causal model continues after it. */
const firstLines = (answer: string, expected: string): string =>
  answer.trimStart().split('\n').slice(0, expected.split('\n').length).join('\n').trimEnd();

/** Adds the line number to the error of a prompt that cannot be scored. */
function withLineNumber<T>({ line }: { line: number }, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof HomegrownError)) throw error;
    throw new HomegrownError(error.code, `Line ${formatCount(line)} of the task: ${error.message}`, error.remedy);
  }
}
