/** What a model reads when it is inspected: the ids of a passage, and where it predicts which token. */
import { badSettings } from '../base/errors';
import { yieldToEventLoop, type Pause } from '../base/job';
import { counted } from '../base/units';
import { modelSpec } from '../models';
import { isReadFromFirst } from '../models/classes';
import type { ModelChoice, Network } from '../models/network';
import { greedy } from '../sample/greedy';
import { hasBlank, passageIds, readPassage } from '../tokenizer/passage';
import { answerStart, aroundText, promptIds, sourceIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface Passage {
  /** Ids that the layers read, with the special tokens around the text; for an encoder-decoder, those of its decoder. */
  ids: readonly number[];
  /** Ids that the encoder of an encoder-decoder reads. */
  source?: readonly number[];
  /** Predictions in the order of their positions; none for a classifier. */
  predictions: readonly Predicted[];
  /** Tokens of the prompt and of the target that didn't fit into the context. */
  cut: { prompt: number; target: number };
}
export interface Predicted {
  /** Index in `ids` of the output that predicts the token: the one before it, or for an encoder its own. */
  position: number;
  /** Id of the true token; absent at a blank and after the end of the passage. */
  expected?: number;
}

export interface PassageText {
  prompt: string;
  /** What the decoder of an encoder-decoder reads; absent: the model's greedy answer. */
  target?: string | undefined;
}

/**
 * Reads a passage as the exported tokenizer encodes it. Truncates it to the context.
 * @throws HomegrownError `bad-settings` if a text has no tokens, or the tokenizer has no token for a part of it
 */
export async function passageOf(
  network: Network,
  tokenizer: Tokenizer,
  { prompt, target }: PassageText,
  pause: Pause = yieldToEventLoop,
): Promise<Passage> {
  const { choice } = network;
  const { kind, label } = modelSpec(choice.id);
  const hasBlanks = kind === 'encoder' && !choice.config.classes && hasBlank(prompt, tokenizer);
  checkTokens(tokenizer, 'prompt', hasBlanks ? readPassage(tokenizer, prompt).pieces : [prompt]);
  if (target !== undefined) checkTokens(tokenizer, 'target', [target]);
  if (kind === 'encoder-decoder') return pairOf(network, tokenizer, { prompt, target }, pause);
  if (target !== undefined)
    throw badSettings(
      `${label} models read one text, without a target.`,
      'Remove the target, or add it to the prompt.',
    );
  return kind === 'encoder' ? maskable(network, tokenizer, prompt, hasBlanks) : causal(network, tokenizer, prompt);
}

function causal({ choice: { config } }: Network, tokenizer: Tokenizer, prompt: string): Passage {
  const whole = [...promptIds(tokenizer, prompt)];
  const ids = whole.slice(0, config.context);
  const expected = config.classes ? [] : [...ids.keys()].map((position) => ids[position + 1]);
  return { ids, predictions: predictionsOf(expected), cut: { prompt: whole.length - ids.length, target: 0 } };
}

/** A blank of the prompt becomes a mask token, except in a classifier's texts. */
function maskable({ choice }: Network, tokenizer: Tokenizer, prompt: string, hasBlanks: boolean): Passage {
  const isClassifier = isReadFromFirst(choice);
  const [before, after] = edgesOf(choice, tokenizer);
  const { ids: text, places } = hasBlanks
    ? withoutEdges(passageIds(tokenizer, readPassage(tokenizer, prompt)), before.length)
    : { ids: [...tokenizer.encode(prompt)], places: [] };
  const kept = text.slice(0, choice.config.context - before.length - after.length);
  const predictions = kept.map((id, i): Predicted => {
    const position = before.length + i;
    return places.includes(i) ? { position } : { position, expected: id };
  });
  return {
    ids: [...before, ...kept, ...after],
    predictions: isClassifier ? [] : predictions,
    cut: { prompt: text.length - kept.length, target: 0 },
  };
}

/** Special tokens before and after a passage of a model that reads one text. */
export function edgesOf(choice: ModelChoice, tokenizer: Tokenizer): ReturnType<typeof aroundText> {
  const isEncoder = modelSpec(choice.id).kind === 'encoder';
  const isPlain = isEncoder && tokenizer.begin === undefined && !isReadFromFirst(choice);
  return isPlain ? [[], []] : aroundText(tokenizer, isEncoder);
}

/** `passageIds` without the special tokens at both ends. */
const withoutEdges = ({ ids, places }: ReturnType<typeof passageIds>, edge: number) => ({
  ids: ids.slice(edge, ids.length - edge),
  places: places.map((place) => place - edge),
});

/** The decoder reads its start token and then the target, which ends with the end of text unless it is truncated. */
async function pairOf(
  network: Network,
  tokenizer: Tokenizer,
  { prompt, target }: PassageText,
  pause: Pause,
): Promise<Passage> {
  const { context } = network.choice.config;
  const whole = sourceIds(tokenizer, prompt);
  const source = whole.length > context ? [...whole.slice(0, context - 1), tokenizer.endOfText] : whole;
  const start = answerStart(tokenizer);
  const asked = { end: tokenizer.endOfText, max: Math.min(MAX_ANSWER, context - 1) };
  const [answer = []] = target === undefined ? await greedy(network, [[start]], asked, [source], pause) : [];
  const all = target === undefined ? answer : [...tokenizer.encode(target)];
  const kept = all.slice(0, context - 1);
  const isEnded = kept.length === all.length && (target !== undefined || answer.length < asked.max);
  return {
    ids: [start, ...kept],
    source,
    predictions: predictionsOf([...kept, isEnded ? tokenizer.endOfText : undefined]),
    cut: { prompt: whole.length - source.length, target: all.length - kept.length },
  };
}
/** Tokens of a greedy answer that is inspected in place of a target. */
const MAX_ANSWER = 64;

const predictionsOf = (expected: readonly (number | undefined)[]): readonly Predicted[] =>
  expected.map((id, position) => (id === undefined ? { position } : { position, expected: id }));

/**
 * @param pieces the text, without its blanks
 * @throws HomegrownError `bad-settings` if the text is empty, or a part of it has no token
 */
export function checkTokens(tokenizer: Tokenizer, name: string, pieces: readonly string[]): void {
  const unwritable = [...new Set(pieces.flatMap((piece) => unwritableIn(tokenizer, piece)))];
  if (unwritable.length > 0) {
    const shown = unwritable.slice(0, MAX_SHOWN).map((part) => JSON.stringify(part));
    throw badSettings(
      `The tokenizer has no token for ${counted(unwritable.length, 'part')} of the ${name}: ${shown.join(', ')}${unwritable.length > MAX_SHOWN ? ', …' : ''}.`,
      'Remove or replace these characters.',
    );
  }
  if (pieces.some((piece, i) => i > 0 || tokenizer.encode(piece).length > 0)) return;
  throw badSettings(`The ${name} is empty: it has no tokens.`, 'Enter at least one character.');
}
/** Unwritable parts that a message lists. */
const MAX_SHOWN = 3;

/** Words that become the unknown token, or characters that an imported byte-level tokenizer drops; each once. */
function unwritableIn(tokenizer: Tokenizer, text: string): readonly string[] {
  const { unknown } = tokenizer;
  if (unknown !== undefined) {
    if (!tokenizer.encode(text).includes(unknown)) return [];
    const words = new Set(text.split(/\s+/).filter((word) => tokenizer.encode(word).includes(unknown)));
    return words.size > 0 ? [...words] : [text];
  }
  if (!tokenizer.model.elsewhere) return [];
  return [...new Set(text)].filter((character) => tokenizer.encode(character).length === 0);
}
