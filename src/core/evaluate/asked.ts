/** Prompts of a task for a model, by its objective: text to continue, an input to answer, or a passage with a blank. */
import { badSettings } from '../base/errors';
import type { Pause } from '../base/job';
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import type { ModelChoice, Network } from '../models/network';
import { evaluatedAs, trainingSource, type ObjectiveId } from '../objectives';
import { marksOf, type Pair, pairRow } from '../objectives/pairRows';
import { greedy } from '../sample/greedy';
import { logits } from '../sample/logits';
import { passageIds, readPassage, spacing } from '../tokenizer/passage';
import { promptIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Read } from './tokenScores';

export interface Asking {
  /**
   * Tokenizes a prompt with each of several texts, and marks where the text's tokens are predicted.
   * @param after number of tokens to leave free after those
   * @throws HomegrownError `bad-settings` if a text does not fit the context, or a passage does not have exactly one
   * blank
   */
  read(prompt: string, texts: readonly string[], after?: number): readonly AskedText[];
  /** Decodes answers greedily. @param asked at least one */
  write(network: Network, asked: readonly AskedText[], pause: Pause): Promise<readonly string[]>;
  /** True if the model's answer must end by itself; else the answer may continue. */
  endsItself: boolean;
}
export interface AskedText extends Read {
  /** Whether the prompt was truncated to the context. */
  isCut: boolean;
}

/** A decoder trained on pairs gets training prompts: it learned that a target follows an input and a line break. */
export function asking(choice: ModelChoice, tokenizer: Tokenizer, objective: ObjectiveId): Asking {
  const as = evaluatedAs(objective, choice);
  if (as === 'maskedTokens') return filling(choice, tokenizer);
  const isContinuing = as === 'nextTokens' && trainingSource(objective) !== 'pairs';
  return isContinuing ? goingOn(choice, tokenizer) : answering(choice, tokenizer);
}

/** Extra tokens that an answer may have over the longest expected one, since tokenizations vary. */
const SPARE = 4;
const maxLengthOf = (asked: readonly AskedText[]): number =>
  Math.max(...asked.map(({ wanted }) => wanted.length)) + SPARE;

/** Ids up to the first predicted token. */
const before = ({ ids, wanted }: AskedText): readonly number[] => ids.slice(0, wanted[0]!.at + 1);

/**
 * Adds a space between prompt and text unless there is whitespace already. As in texts, tokenizes the space with the
 * word after it. Truncates a long prompt at its beginning.
 */
function goingOn({ config: { context } }: ModelChoice, tokenizer: Tokenizer): Asking {
  return {
    endsItself: false,
    read(prompt, texts, after = 0) {
      const head = prompt.replace(/ +$/, '');
      const own = tokenizer.encode(head);
      const read = [...promptIds(tokenizer, head)];
      const begin = read.slice(0, read.length - own.length);
      return texts.map((text) => {
        const between = /\s$/.test(prompt) || /^\s/.test(text) ? prompt.slice(head.length) : ' ';
        const whole = tokenizer.encode(head + between + text);
        // If the joint encoding doesn't extend the prompt's, encodes the text separately.
        const wanted = whole.length > own.length ? whole.subarray(own.length) : tokenizer.encode(between + text);
        const room = context + 1 - begin.length - wanted.length - after;
        if (room < 1) throw tooLong(text, wanted.length, context);
        const kept = [...begin, ...own.subarray(Math.max(0, own.length - room))];
        return {
          ids: [...kept, ...wanted.subarray(0, wanted.length - 1)],
          wanted: Array.from(wanted, (token, i) => ({ at: kept.length - 1 + i, token })),
          isCut: own.length > room,
        };
      });
    },
    async write(network, asked, pause) {
      const how = { end: tokenizer.endOfText, max: maxLengthOf(asked) };
      return decoded(tokenizer, await greedy(network, asked.map(before), how, undefined, pause));
    },
  };
}

/** A pair as in training: the expected answer is the target with its end token. @throws as `Asking.read` */
export function pairAsked(choice: ModelChoice, tokenizer: Tokenizer, pair: Pair): AskedText {
  const { context } = choice.config;
  const marks = marksOf(tokenizer);
  const { source, ids, targets } = pairRow(pair, context, modelSpec(choice.id).kind, marks);
  const wanted = targets.flatMap((token, at) => (token < 0 ? [] : [{ at, token }]));
  const { input, between, target } = pair;
  if (wanted.length <= target.length) throw tooLong(tokenizer.decode(target), target.length, context);
  const around = source ? marks.begin.length + 1 : marks.begin.length + between.length + target.length;
  const isCut = (source ?? ids).length < around + input.length;
  return { ...(source && { source }), ids, wanted, isCut };
}

function answering(choice: ModelChoice, tokenizer: Tokenizer): Asking {
  const marks = marksOf(tokenizer);
  return {
    endsItself: true,
    read(prompt, texts) {
      const [input, between] = [tokenizer.encode(prompt), tokenizer.encode('\n')];
      return texts.map((text) => pairAsked(choice, tokenizer, { input, between, target: tokenizer.encode(text) }));
    },
    async write(network, asked, pause) {
      const sources = asked.flatMap(({ source }) => (source ? [source] : []));
      const how = { end: marks.end, max: maxLengthOf(asked) };
      const given = await greedy(network, asked.map(before), how, sources.length > 0 ? sources : undefined, pause);
      return decoded(tokenizer, given);
    },
  };
}

/** Masks all tokens of the text at once. Truncates a long passage around the blank. */
function filling({ config: { context } }: ModelChoice, tokenizer: Tokenizer): Asking {
  return {
    endsItself: true,
    read(prompt, texts) {
      const passage = readPassage(tokenizer, prompt);
      if (passage.pieces.length > 2)
        throw badSettings(`The prompt has ${passage.pieces.length - 1} blanks.`, 'Keep one, and fill in the others.');
      const { ids, places } = passageIds(tokenizer, passage);
      const ends = tokenizer.begin === undefined ? 0 : 1;
      const [mask, at] = [ids[places[0]!]!, places[0]!];
      const around = [ids.slice(ends, at), ids.slice(at + 1, ids.length - ends)] as const;
      return texts.map((text) => {
        const wanted = tokenizer.encode(spacing(tokenizer) === 'token' ? passage.spaces[0]! + text : text);
        const room = context - wanted.length - 2 * ends;
        if (room < 0) throw tooLong(text, wanted.length, context);
        const first = Math.min(around[0].length, Math.max(Math.floor(room / 2), room - around[1].length));
        const kept = [...ids.slice(0, ends), ...around[0].slice(around[0].length - first)];
        return {
          ids: [
            ...kept,
            ...new Array<number>(wanted.length).fill(mask),
            ...around[1].slice(0, room - first),
            ...ids.slice(ids.length - ends),
          ],
          wanted: Array.from(wanted, (token, i) => ({ at: kept.length + i, token })),
          isCut: around[0].length + around[1].length > room,
        };
      });
    },
    async write(network, asked, pause) {
      const all: number[][] = [];
      for (const { ids, wanted } of asked) {
        const { vocabulary } = network.choice;
        const scores = await logits(
          network,
          ids,
          wanted.map(({ at }) => at + 1),
        );
        all.push(wanted.map((_, i) => likeliest(tokenizer, scores.subarray(i * vocabulary, (i + 1) * vocabulary))));
        await pause();
      }
      return decoded(tokenizer, all);
    },
  };
}

/** Id of the highest score; never a special token. */
function likeliest(tokenizer: Tokenizer, scores: Float32Array): number {
  let best = -1;
  for (const [id, score] of scores.entries())
    if ((best < 0 || score > scores[best]!) && tokenizer.bytes(id).length > 0) best = id;
  return best;
}

const decoded = (tokenizer: Tokenizer, texts: readonly (readonly number[])[]): readonly string[] =>
  texts.map((ids) => tokenizer.decode(ids));

const tooLong = (text: string, tokens: number, context: number): Error =>
  badSettings(
    `${JSON.stringify(text.slice(0, 60))} has ${formatCount(tokens)} tokens, but the model's context is ${formatCount(context)}.`,
    'Remove it, or use a model with a longer context.',
  );
