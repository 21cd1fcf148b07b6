/** Scores a model on a custom task. */
import { HomegrownError } from '../base/errors';
import { type Pause, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import { shareOf } from '../metrics/share';
import { wordsOf } from '../metrics/text/textMetric';
import type { Network } from '../models/network';
import type { ObjectiveId } from '../objectives';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Asking, asking } from './asked';
import type { Missed, Task, TaskScores } from './tasks';
import { type Answered, areChoices, type Chosen } from './taskTable';
import { wantedNats } from './tokenScores';

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
  const how = { network, tokenizer, ask: asking(network.choice, tokenizer, objective), pause, onProgress };
  const scores = areChoices(items) ? await chosen(items, how) : await answered(items, how);
  return { name, rows: items.length, ...scores };
}

const MAX_MISSED = 100;
/** Keeps the end of a long prompt, where the question is. */
const endOf = (prompt: string): string => (prompt.length > 300 ? `… ${prompt.slice(-300)}` : prompt);

type Scored = Omit<TaskScores, 'name' | 'rows'>;

interface How extends Required<Pick<TaskSettings, 'pause' | 'onProgress'>> {
  network: Network;
  tokenizer: Tokenizer;
  ask: Asking;
}

async function chosen(items: readonly Chosen[], { network, ask, pause, onProgress }: How): Promise<Scored> {
  let [right, rightPerCharacter, cut] = [0, 0, 0];
  const missed: Missed[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    onProgress(first, items.length);
    const some = items.slice(first, first + AT_ONCE);
    const asked = some.map((item) => inItsLine(item, () => ask.read(item.prompt, item.choices)));
    cut += asked.filter((each) => each.some(({ isCut }) => isCut)).length;
    const nats = await wantedNats(network, asked.flat(), pause);
    let at = 0;
    for (const { line, prompt, choices, right: own } of some) {
      const costs = choices.map(() => nats[at++]!);
      const perCharacter = costs.map((cost, i) => cost / Array.from(choices[i]!).length);
      if (indexOfMin(perCharacter) === own) rightPerCharacter++;
      const likeliest = indexOfMin(costs);
      if (likeliest === own) right++;
      else missed.push({ line, prompt: endOf(prompt), wanted: choices[own]!, given: choices[likeliest]! });
    }
  }
  const chance = (100 * items.reduce((sum, { choices }) => sum + 1 / choices.length, 0)) / items.length;
  return {
    cut,
    metrics: { accuracy: share(right, items.length), accuracyPerCharacter: share(rightPerCharacter, items.length) },
    baselines: { chance: { accuracy: chance, accuracyPerCharacter: chance } },
    missed: missed.slice(0, MAX_MISSED),
  };
}

async function answered(
  items: readonly Answered[],
  { network, tokenizer, ask, pause, onProgress }: How,
): Promise<Scored> {
  let [right, cut] = [0, 0];
  const missed: Missed[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    onProgress(first, items.length);
    const some = items.slice(first, first + AT_ONCE);
    const asked = some.map((item) => inItsLine(item, () => ask.read(item.prompt, [item.answer], AFTER)[0]!));
    cut += asked.filter(({ isCut }) => isCut).length;
    const given = await ask.write(network, asked, pause);
    for (const [i, { line, prompt, answer }] of some.entries()) {
      const written = ask.endsItself ? given[i]!.trim() : asManyLines(given[i]!, answer);
      // A normalizing tokenizer can only produce normalized text.
      if ([answer, tokenizer.decode(tokenizer.encode(answer))].some((wanted) => isSame(written, wanted))) right++;
      else missed.push({ line, prompt: endOf(prompt), wanted: answer, given: written });
    }
  }
  const counts = new Map<string, number>();
  for (const { answer } of items) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return {
    cut,
    metrics: { exactMatch: share(right, items.length) },
    baselines: { commonest: { exactMatch: (100 * Math.max(...counts.values())) / items.length } },
    missed: missed.slice(0, MAX_MISSED),
  };
}
/** Maximum number of prompts in a batch. */
const AT_ONCE = 64;
/** Tokens left free after an answer, so that its end is visible. */
const AFTER = 2;

const share = (right: number, all: number) => ({ ...shareOf(right, all), unit: '%' as const });
/** Index of the smallest value; ties go to the first. */
const indexOfMin = (values: readonly number[]): number => values.indexOf(Math.min(...values));
const isSame = (first: string, second: string): boolean => wordsOf(first).join(' ') === wordsOf(second).join(' ');

/** Cuts an answer to as many lines as expected, because a causal model continues after it. */
const asManyLines = (written: string, wanted: string): string =>
  written.trimStart().split('\n').slice(0, wanted.split('\n').length).join('\n').trimEnd();

/** Adds the line number to the error of a prompt that cannot be scored. */
function inItsLine<T>({ line }: { line: number }, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof HomegrownError)) throw error;
    throw new HomegrownError(error.code, `Line ${formatCount(line)} of the task: ${error.message}`, error.remedy);
  }
}
