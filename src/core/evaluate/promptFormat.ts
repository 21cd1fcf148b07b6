/** How a model gets the prompts of a task: as text to continue, as an input to answer, or as a passage with a blank. */
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
import type { ScoringInput } from './tokenScores';

export interface PromptFormat {
  /**
   * Tokenizes a prompt with each of several answers. `targets` are the answer's tokens.
   * @param reserved number of tokens of the context to leave free after the answer
   * @throws HomegrownError `bad-settings` if an answer does not fit the context, or a passage does not have exactly one
   * blank
   */
  tokenize(prompt: string, answers: readonly string[], reserved?: number): readonly TokenizedPrompt[];
  /** Generates an answer to each prompt, greedily. @param prompts at least one */
  generate(network: Network, prompts: readonly TokenizedPrompt[], pause: Pause): Promise<readonly string[]>;
  /** Whether the model ends its answers itself. Otherwise it continues after an answer, and the caller truncates it. */
  endsAnswers: boolean;
}
export interface TokenizedPrompt extends ScoringInput {
  /** Whether the prompt was truncated to the context. */
  isTruncated: boolean;
}

/** Returns the format that fits the model. A decoder trained on pairs gets its prompts as in training. */
export function promptFormat(choice: ModelChoice, tokenizer: Tokenizer, objective: ObjectiveId): PromptFormat {
  const evaluation = evaluatedAs(objective, choice);
  if (evaluation === 'maskedTokens') return blankFormat(choice, tokenizer);
  const isContinuation = evaluation === 'nextTokens' && trainingSource(objective) !== 'pairs';
  return isContinuation ? continuationFormat(choice, tokenizer) : pairFormat(choice, tokenizer);
}

/** Extra tokens that an answer may have over the longest expected one, since tokenizations vary. */
const SPARE_TOKENS = 4;
const maxLengthOf = (prompts: readonly TokenizedPrompt[]): number =>
  Math.max(...prompts.map(({ targets }) => targets.length)) + SPARE_TOKENS;

/** Ids before the first token of the answer. */
const idsToTarget = ({ ids, targets }: TokenizedPrompt): readonly number[] => ids.slice(0, targets[0]!.position + 1);

/**
 * For causal models: the answer continues the prompt. Adds a space between them unless there is whitespace already, and
 * tokenizes it with the word after it, as in texts. Truncates a long prompt at its beginning.
 */
function continuationFormat({ config: { context } }: ModelChoice, tokenizer: Tokenizer): PromptFormat {
  return {
    endsAnswers: false,
    tokenize(prompt, answers, reserved = 0) {
      const trimmed = prompt.replace(/ +$/, '');
      const promptTokens = tokenizer.encode(trimmed);
      const withBegin = [...promptIds(tokenizer, trimmed)];
      const beginTokens = withBegin.slice(0, withBegin.length - promptTokens.length);
      return answers.map((answer) => {
        const separator = /\s$/.test(prompt) || /^\s/.test(answer) ? prompt.slice(trimmed.length) : ' ';
        const joint = tokenizer.encode(trimmed + separator + answer);
        // If the joint encoding doesn't extend the prompt's, encodes the answer separately.
        const answerIds =
          joint.length > promptTokens.length
            ? joint.subarray(promptTokens.length)
            : tokenizer.encode(separator + answer);
        const promptRoom = context + 1 - beginTokens.length - answerIds.length - reserved;
        if (promptRoom < 1) throw tooLong(answer, answerIds.length, context);
        const keptIds = [...beginTokens, ...promptTokens.subarray(Math.max(0, promptTokens.length - promptRoom))];
        return {
          ids: [...keptIds, ...answerIds.subarray(0, answerIds.length - 1)],
          targets: Array.from(answerIds, (token, i) => ({ position: keptIds.length - 1 + i, token })),
          isTruncated: promptTokens.length > promptRoom,
        };
      });
    },
    async generate(network, prompts, pause) {
      const limits = { end: tokenizer.endOfText, max: maxLengthOf(prompts) };
      return decodeAll(tokenizer, await greedy(network, prompts.map(idsToTarget), limits, undefined, pause));
    },
  };
}

/** A pair as in training: the expected answer is the target with its end token. @throws as `PromptFormat.tokenize` */
export function tokenizePair(choice: ModelChoice, tokenizer: Tokenizer, pair: Pair): TokenizedPrompt {
  const { context } = choice.config;
  const marks = marksOf(tokenizer);
  const { source, ids, targets } = pairRow(pair, context, modelSpec(choice.id).kind, marks);
  const targetTokens = targets.flatMap((token, position) => (token < 0 ? [] : [{ position, token }]));
  const { input, between, target } = pair;
  if (targetTokens.length <= target.length) throw tooLong(tokenizer.decode(target), target.length, context);
  const otherTokens = source ? marks.begin.length + 1 : marks.begin.length + between.length + target.length;
  const isTruncated = (source ?? ids).length < otherTokens + input.length;
  return { ...(source && { source }), ids, targets: targetTokens, isTruncated };
}

/** For models trained on pairs: the prompt is the input, the answer is the target. */
function pairFormat(choice: ModelChoice, tokenizer: Tokenizer): PromptFormat {
  const marks = marksOf(tokenizer);
  return {
    endsAnswers: true,
    tokenize(prompt, answers) {
      const [input, between] = [tokenizer.encode(prompt), tokenizer.encode('\n')];
      return answers.map((answer) =>
        tokenizePair(choice, tokenizer, { input, between, target: tokenizer.encode(answer) }),
      );
    },
    async generate(network, prompts, pause) {
      const sources = prompts.flatMap(({ source }) => (source ? [source] : []));
      const limits = { end: marks.end, max: maxLengthOf(prompts) };
      const answers = await greedy(
        network,
        prompts.map(idsToTarget),
        limits,
        sources.length > 0 ? sources : undefined,
        pause,
      );
      return decodeAll(tokenizer, answers);
    },
  };
}

/** For encoders: the answer fills the prompt's blank. Masks all its tokens at once. Truncates a long passage around the blank. */
function blankFormat({ config: { context } }: ModelChoice, tokenizer: Tokenizer): PromptFormat {
  return {
    endsAnswers: true,
    tokenize(prompt, answers) {
      const passage = readPassage(tokenizer, prompt);
      if (passage.pieces.length > 2)
        throw badSettings(`The prompt has ${passage.pieces.length - 1} blanks.`, 'Keep one, and fill in the others.');
      const { ids, places } = passageIds(tokenizer, passage);
      const edgeLength = tokenizer.begin === undefined ? 0 : 1;
      const [mask, maskIndex] = [ids[places[0]!]!, places[0]!];
      const surrounding = [
        ids.slice(edgeLength, maskIndex),
        ids.slice(maskIndex + 1, ids.length - edgeLength),
      ] as const;
      return answers.map((answer) => {
        const answerIds = tokenizer.encode(spacing(tokenizer) === 'token' ? passage.spaces[0]! + answer : answer);
        const contextRoom = context - answerIds.length - 2 * edgeLength;
        if (contextRoom < 0) throw tooLong(answer, answerIds.length, context);
        const leftLength = Math.min(
          surrounding[0].length,
          Math.max(Math.floor(contextRoom / 2), contextRoom - surrounding[1].length),
        );
        const leftIds = [...ids.slice(0, edgeLength), ...surrounding[0].slice(surrounding[0].length - leftLength)];
        return {
          ids: [
            ...leftIds,
            ...new Array<number>(answerIds.length).fill(mask),
            ...surrounding[1].slice(0, contextRoom - leftLength),
            ...ids.slice(ids.length - edgeLength),
          ],
          targets: Array.from(answerIds, (token, i) => ({ position: leftIds.length + i, token })),
          isTruncated: surrounding[0].length + surrounding[1].length > contextRoom,
        };
      });
    },
    async generate(network, prompts, pause) {
      const filled: number[][] = [];
      for (const { ids, targets } of prompts) {
        const { vocabulary } = network.choice;
        const scores = await logits(
          network,
          ids,
          targets.map(({ position }) => position + 1),
        );
        filled.push(
          targets.map((_, i) => likeliestId(tokenizer, scores.subarray(i * vocabulary, (i + 1) * vocabulary))),
        );
        await pause();
      }
      return decodeAll(tokenizer, filled);
    },
  };
}

/** Id of the highest score; never a special token. */
function likeliestId(tokenizer: Tokenizer, scores: Float32Array): number {
  let bestId = -1;
  for (const [id, score] of scores.entries())
    if ((bestId < 0 || score > scores[bestId]!) && tokenizer.bytes(id).length > 0) bestId = id;
  return bestId;
}

const decodeAll = (tokenizer: Tokenizer, answers: readonly (readonly number[])[]): readonly string[] =>
  answers.map((ids) => tokenizer.decode(ids));

const tooLong = (text: string, tokens: number, context: number): Error =>
  badSettings(
    `${JSON.stringify(text.slice(0, 60))} has ${formatCount(tokens)} tokens, but the model's context is ${formatCount(context)}.`,
    'Remove it, or use a model with a longer context.',
  );
