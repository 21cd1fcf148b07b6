/** Locates the messages in a text that a template rendered. */
import { badSettings, HomegrownError } from '../base/errors';
import { type Conversation, type Message, nameOf } from './conversation';
import { rangeWithoutOuterSpace } from './python';
import type { ChatTemplate } from './template';

/** Range of a message, in code units of the rendered text. */
export interface MessageRange {
  /** Index in the conversation. */
  message: number;
  from: number;
  to: number;
}

/** A rendered conversation: all text outside of its messages is the template's. */
export interface RenderedText {
  text: string;
  /** In order of the text; blank messages and messages that the template drops are missing. */
  messageRanges: readonly MessageRange[];
}

/**
 * Renders a conversation that has no blank answer, once unchanged and once with each message between two marks, which
 * locate it.
 * @param addGenerationPrompt whether to add the generation prompt
 * @throws HomegrownError `bad-settings` if the template drops an answer or changes a message, so that no loss mask can
 * be computed
 */
export function renderWithRanges(
  conversation: Conversation,
  template: ChatTemplate,
  addGenerationPrompt = false,
): RenderedText {
  const text = template.render(conversation, addGenerationPrompt);
  const messageRanges = locateMessages(text, conversation, template, addGenerationPrompt);
  if (!messageRanges)
    throw templateError(
      `The chat template changes a message of ${nameOf(conversation)}, so its loss mask can't be computed.`,
    );
  const locatedMessages = new Set(messageRanges.map(({ message }) => message));
  for (const [i, { role }] of conversation.messages.entries())
    if (role === 'assistant' && !locatedMessages.has(i))
      throw templateError(`The chat template drops an answer of ${nameOf(conversation)}, message ${i + 1}.`);
  return { text, messageRanges };
}
const templateError = (message: string): Error =>
  badSettings(message, 'Choose another template, or leave this conversation out. Nothing was started.');

/** Returns null if marks change the template's output, or if the template changes a message. */
export function locateMessages(
  text: string,
  conversation: Conversation,
  template: ChatTemplate,
  addGenerationPrompt: boolean,
): readonly MessageRange[] | null {
  const { messages } = conversation;
  const marks = unusedMarks([template.source, text, ...messages.map(({ content }) => content)]);
  if (!marks) return null;
  for (const edges of edgeCombinations(messages)) {
    const marked = messages.map((message, i) => ({ ...message, content: addMarks(message, i, edges, marks) }));
    const unmarked = removeMarks(
      renderIfPossible({ ...conversation, messages: marked }, template, addGenerationPrompt),
      marks,
    );
    if (unmarked?.text === text && unmarked.messageRanges.every((range) => isUnchanged(range, text, messages)))
      return unmarked.messageRanges;
  }
  return null;
}

const isUnchanged = ({ message, from, to }: MessageRange, text: string, messages: readonly Message[]): boolean =>
  innerText(text.slice(from, to)) === innerText(messages[message]!.content);
const innerText = (text: string): string => text.slice(...rangeWithoutOuterSpace(text));

/** Renders; empty if the template raises an exception, which the marks alone may cause. */
function renderIfPossible(conversation: Conversation, template: ChatTemplate, addGenerationPrompt: boolean): string {
  try {
    return template.render(conversation, addGenerationPrompt);
  } catch (error) {
    if (error instanceof HomegrownError) return '';
    throw error;
  }
}

/** Whether the marks also enclose the white space before and after a message. */
interface Edges {
  answers: readonly [before: boolean, after: boolean];
  others: boolean;
}

/**
 * White space at the edges of a message belongs to it if the template keeps it. A mark outside of it shows whether it
 * does, because no template strips within a message. Yields all combinations, the usual one first, and only that if
 * there is no such space.
 */
function* edgeCombinations(messages: readonly Message[]): Generator<Edges> {
  const hasOuterSpace = ({ content }: Message): boolean => {
    const [from, to] = rangeWithoutOuterSpace(content);
    return to - from < content.length && from < to;
  };
  const answers = messages.some((message) => message.role === 'assistant' && hasOuterSpace(message))
    ? SIDES
    : SIDES.slice(0, 1);
  const others = messages.some((message) => message.role !== 'assistant' && hasOuterSpace(message))
    ? [true, false]
    : [true];
  for (const sides of answers) for (const other of others) yield { answers: sides, others: other };
}
const SIDES = [[true, true], [true, false], [false, true], [false, false]] as const; // prettier-ignore

/** Characters of marks: two that enclose a number, and its digits. */
interface Marks {
  open: string;
  close: string;
  digits: readonly string[];
}

/** Noncharacters, which interchanged text doesn't have; null if the texts use too many. */
function unusedMarks(texts: readonly string[]): Marks | null {
  const used = new Set(texts.flatMap((text) => text.match(/[\ufdd0-\ufdef]/g) ?? []));
  const [open, close, ...digits] = NONCHARACTERS.filter((character) => !used.has(character));
  return open !== undefined && close !== undefined && digits.length > 1 ? { open, close, digits } : null;
}
const NONCHARACTERS = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i));

/** Puts message i between marks 2i and 2i + 1. */
function addMarks({ role, content }: Message, i: number, { answers, others }: Edges, marks: Marks): string {
  const [from, to] = rangeWithoutOuterSpace(content);
  if (from === to) return content;
  const [before, after] = role === 'assistant' ? answers : [others, others];
  const [start, end] = [before ? 0 : from, after ? content.length : to];
  return (
    content.slice(0, start) +
    numberedMark(2 * i, marks) +
    content.slice(start, end) +
    numberedMark(2 * i + 1, marks) +
    content.slice(end)
  );
}

function numberedMark(number: number, { open, close, digits }: Marks): string {
  let numberText = '';
  for (let remaining = number; numberText === '' || remaining > 0; remaining = Math.floor(remaining / digits.length))
    numberText = digits[remaining % digits.length]! + numberText;
  return open + numberText + close;
}

/** Removes the marks and returns the range between each two; null if one is missing. */
function removeMarks(marked: string, { open, close, digits }: Marks): RenderedText | null {
  const ranges: MessageRange[] = [];
  let [text, from] = ['', 0];
  let openRange: { message: number; from: number } | null = null;
  for (const part of marked.split(new RegExp(`(${open}[^${open}${close}]+${close})`))) {
    if (!part.startsWith(open)) {
      text += part;
      continue;
    }
    const number = Array.from(part.slice(1, -1)).reduce((sum, digit) => sum * digits.length + digits.indexOf(digit), 0);
    const message = Math.floor(number / 2);
    from = text.length;
    if (number % 2 === 0 && openRange === null) openRange = { message, from };
    else if (number % 2 === 1 && openRange?.message === message) {
      ranges.push({ ...openRange, to: from });
      openRange = null;
    } else return null;
  }
  return openRange === null ? { text, messageRanges: ranges } : null;
}
