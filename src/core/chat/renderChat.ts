/**
 * The loss mask of a conversation, token by token: each answer, and the special token with which the template ends it.
 * Questions and what the template writes before an answer are masked.
 */
import { badSettings } from '../base/errors';
import { upperFirst } from '../base/firstLetter';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Conversation, conversationProblem, nameOf, type Speaker } from './conversation';
import { encodeChat } from './encoded';
import { type MessageRange, locateMessages, renderWithRanges } from './said';
import type { ChatTemplate } from './template';

/** Range of IDs, end excluded. */
export type IdRange = readonly [from: number, to: number];

export interface Turn {
  role: Speaker;
  /** End of its IDs, excluded. The first turn begins at 0, each other where the previous one ends. */
  end: number;
  /** Special token that ends an answer; absent: the template writes none, so a model doesn't learn to stop there. */
  endsWith?: number;
}

export interface RenderedChat {
  ids: Uint32Array;
  /** One range per answer, in order. */
  lossRanges: readonly IdRange[];
  turns: readonly Turn[];
}

/** Whether a special token ends each answer. Without one, a model continues with the next question. */
export const endsTurn = ({ turns }: Pick<RenderedChat, 'turns'>): boolean =>
  turns.every(({ role, endsWith }) => role !== 'assistant' || endsWith !== undefined);

/** Rendered chat with its text. */
interface RenderedText extends RenderedChat {
  text: string;
}

/**
 * The loss covers tokens that mix an answer with other characters, such as `:` and a quotation mark. It also covers
 * what the template writes between an answer and its end token, because a model must write that to reach the end token.
 * @throws HomegrownError `bad-settings` if the conversation has no answer to train on, the template rejects it, or the
 * loss mask can't be computed; `bad-file` for a lone surrogate
 */
export function renderChat(conversation: Conversation, template: ChatTemplate): RenderedText {
  checkOrder(conversation, 'assistant');
  const rendered = renderWithRanges(conversation, template);
  const tokens = encodeChat(rendered, template.tokenizer);
  const lossRanges: IdRange[] = [];
  const turns: Turn[] = [];
  let specialIndex = 0;
  for (const [i, range] of rendered.messageRanges.entries()) {
    const { role } = conversation.messages[range.message]!;
    while (specialIndex < tokens.special.length && tokens.special[specialIndex]!.from < range.to) specialIndex++;
    const nextSpecial = tokens.special[specialIndex];
    const nextMessage = rendered.messageRanges[i + 1]?.from ?? Infinity;
    const endToken = nextSpecial && nextSpecial.from < nextMessage ? nextSpecial : undefined;
    const idRange = tokens.idRange(range.from, range.to);
    if (role === 'assistant') {
      if (!idRange) throw missingToken(conversation, range);
      lossRanges.push([idRange[0], endToken ? endToken.index + 1 : idRange[1]]);
    }
    const to = endToken ? endToken.index + 1 : (idRange?.[1] ?? turns.at(-1)?.end ?? 0);
    turns.push({ role, end: to, ...(role === 'assistant' && endToken && { endsWith: endToken.id }) });
  }
  const lastTurn = turns.at(-1)!;
  const allTurns = [...turns.slice(0, -1), { ...lastTurn, end: tokens.ids.length }];
  return { ids: tokens.ids, lossRanges, turns: allTurns, text: rendered.text };
}

const missingToken = (conversation: Conversation, { message }: MessageRange): Error =>
  badSettings(
    `The tokenizer has no token for an answer in ${nameOf(conversation)}, message ${message + 1}.`,
    'Leave this conversation out, or use another tokenizer.',
  );

function checkOrder(conversation: Conversation, last: Speaker): void {
  const problem = conversationProblem(conversation, last);
  if (problem !== null)
    throw badSettings(
      `${upperFirst(nameOf(conversation))} ${problem}.`,
      'Leave it out, or reorder it: an optional system message, then user and assistant in turn.',
    );
}

/**
 * Encodes a conversation that ends with a question, with the generation prompt.
 * @throws HomegrownError as `renderChat`
 */
export function prompted(conversation: Conversation, template: ChatTemplate): Uint32Array {
  checkOrder(conversation, 'user');
  const text = template.render(conversation, true);
  const messageRanges = locateMessages(text, conversation, template, true);
  // If no message looks like a special token, their positions aren't needed.
  const isPlain = !conversation.messages.some(({ content }) =>
    template.tokenizer.special.some((token) => content.includes(token.text)),
  );
  const rendered =
    messageRanges || isPlain
      ? { text, messageRanges: messageRanges ?? [] }
      : renderWithRanges(conversation, template, true);
  return encodeChat(rendered, template.tokenizer).ids;
}

/** How a template renders an answer, tried on one exchange. */
export interface TemplateProbe {
  /** Special token that ends an answer, where a tuned model stops; absent: there is none. */
  endsWith?: number;
  /**
   * Whether the generation prompt equals what precedes an answer in training. If not, the model sees a prompt that it
   * was never trained on.
   */
  asksAlike: boolean;
}

/** @throws HomegrownError as `renderChat` */
export function probeTemplate(template: ChatTemplate): TemplateProbe {
  const { ids, lossRanges, turns } = renderChat({ messages: EXAMPLE, name: 'an example' }, template);
  const promptIds = prompted({ messages: EXAMPLE.slice(0, 1), name: 'an example' }, template);
  const idsBeforeAnswer = ids.subarray(0, lossRanges[0]![0]);
  const { endsWith } = turns.at(-1)!;
  const promptMatchesTraining =
    promptIds.length === idsBeforeAnswer.length && promptIds.every((id, i) => id === idsBeforeAnswer[i]);
  return { asksAlike: promptMatchesTraining, ...(endsWith !== undefined && { endsWith }) };
}
const EXAMPLE = [
  { role: 'user', content: 'Who is there?' },
  { role: 'assistant', content: 'A friend.' },
] as const;

/** Token for display. */
export interface RenderedToken {
  id: number;
  /** Characters of the token. If several tokens encode one character, the last one has it and the others have none. */
  text: string;
  role: Speaker;
  hasLoss: boolean;
  isSpecial: boolean;
}

/** @param max number of tokens, from the first */
export function renderedTokens(
  { ids, lossRanges, turns }: RenderedChat,
  tokenizer: Tokenizer,
  max = ids.length,
): RenderedToken[] {
  const decoder = tokenizer.decoder();
  let [turn, answer] = [0, 0];
  return Array.from(ids.subarray(0, max), (id, i) => {
    while (turns[turn]!.end <= i && turn < turns.length - 1) turn++;
    while (answer < lossRanges.length && lossRanges[answer]![1] <= i) answer++;
    const special = tokenizer.specialOf(id);
    const hasLoss = answer < lossRanges.length && lossRanges[answer]![0] <= i;
    return { id, text: special?.text ?? decoder.push(id), role: turns[turn]!.role, hasLoss, isSpecial: !!special };
  });
}
