/** Locates the messages in a text that a template rendered. */
import { badSettings, HomegrownError } from '../base/errors';
import { type Conversation, type Message, nameOf } from './conversation';
import { innerOf } from './python';
import type { ChatTemplate } from './template';

/** Range of a message, in code units of the rendered text. */
export interface Said {
  /** Index in the conversation. */
  message: number;
  from: number;
  to: number;
}

/** A rendered conversation: all text outside of its messages is the template's. */
export interface Written {
  text: string;
  /** In order of the text; blank messages and messages that the template drops are missing. */
  said: readonly Said[];
}

/**
 * Renders a conversation that has no blank answer, once unchanged and once with each message between two marks, which
 * locate it.
 * @param asks whether to add the generation prompt
 * @throws HomegrownError `bad-settings` if the template drops an answer or changes a message, so that no loss mask can
 * be computed
 */
export function written(conversation: Conversation, template: ChatTemplate, asks = false): Written {
  const text = template.render(conversation, asks);
  const said = saidIn(text, conversation, template, asks);
  if (!said)
    throw refused(
      `The chat template changes a message of ${nameOf(conversation)}, so its loss mask can't be computed.`,
    );
  const found = new Set(said.map(({ message }) => message));
  for (const [i, { role }] of conversation.messages.entries())
    if (role === 'assistant' && !found.has(i))
      throw refused(`The chat template drops an answer of ${nameOf(conversation)}, message ${i + 1}.`);
  return { text, said };
}
const refused = (words: string): Error =>
  badSettings(words, 'Choose another template, or leave this conversation out. Nothing was started.');

/** Returns null if marks change the template's output, or if the template changes a message. */
export function saidIn(
  text: string,
  conversation: Conversation,
  template: ChatTemplate,
  asks: boolean,
): readonly Said[] | null {
  const { messages } = conversation;
  const marks = freeMarks([template.source, text, ...messages.map(({ content }) => content)]);
  if (!marks) return null;
  for (const edges of edgesOf(messages)) {
    const marked = messages.map((message, i) => ({ ...message, content: between(message, i, edges, marks) }));
    const found = foundIn(rendered({ ...conversation, messages: marked }, template, asks), marks);
    if (found?.text === text && found.said.every((one) => isAsSaid(one, text, messages))) return found.said;
  }
  return null;
}

const isAsSaid = ({ message, from, to }: Said, text: string, messages: readonly Message[]): boolean =>
  innerText(text.slice(from, to)) === innerText(messages[message]!.content);
const innerText = (text: string): string => text.slice(...innerOf(text));

/** Renders; empty if the template raises an exception, which the marks alone may cause. */
function rendered(conversation: Conversation, template: ChatTemplate, asks: boolean): string {
  try {
    return template.render(conversation, asks);
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
function* edgesOf(messages: readonly Message[]): Generator<Edges> {
  const isWithin = ({ content }: Message): boolean => {
    const [from, to] = innerOf(content);
    return to - from < content.length && from < to;
  };
  const answers = messages.some((message) => message.role === 'assistant' && isWithin(message))
    ? SIDES
    : SIDES.slice(0, 1);
  const others = messages.some((message) => message.role !== 'assistant' && isWithin(message)) ? [true, false] : [true];
  for (const sides of answers) for (const each of others) yield { answers: sides, others: each };
}
const SIDES = [[true, true], [true, false], [false, true], [false, false]] as const; // prettier-ignore

/** Characters of marks: two that enclose a number, and its digits. */
interface Marks {
  open: string;
  close: string;
  digits: readonly string[];
}

/** Noncharacters, which interchanged text doesn't have; null if the texts use too many. */
function freeMarks(texts: readonly string[]): Marks | null {
  const taken = new Set(texts.flatMap((text) => text.match(/[\ufdd0-\ufdef]/g) ?? []));
  const [open, close, ...digits] = NONCHARACTERS.filter((character) => !taken.has(character));
  return open !== undefined && close !== undefined && digits.length > 1 ? { open, close, digits } : null;
}
const NONCHARACTERS = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i));

/** Puts message i between marks 2i and 2i + 1. */
function between({ role, content }: Message, i: number, { answers, others }: Edges, marks: Marks): string {
  const [from, to] = innerOf(content);
  if (from === to) return content;
  const [before, after] = role === 'assistant' ? answers : [others, others];
  const [start, end] = [before ? 0 : from, after ? content.length : to];
  return (
    content.slice(0, start) +
    markOf(2 * i, marks) +
    content.slice(start, end) +
    markOf(2 * i + 1, marks) +
    content.slice(end)
  );
}

function markOf(number: number, { open, close, digits }: Marks): string {
  let written = '';
  for (let rest = number; written === '' || rest > 0; rest = Math.floor(rest / digits.length))
    written = digits[rest % digits.length]! + written;
  return open + written + close;
}

/** Removes the marks and returns the range between each two; null if one is missing. */
function foundIn(marked: string, { open, close, digits }: Marks): Written | null {
  const said: Said[] = [];
  let [text, from] = ['', 0];
  let begun: { message: number; from: number } | null = null;
  for (const part of marked.split(new RegExp(`(${open}[^${open}${close}]+${close})`))) {
    if (!part.startsWith(open)) {
      text += part;
      continue;
    }
    const number = Array.from(part.slice(1, -1)).reduce((sum, digit) => sum * digits.length + digits.indexOf(digit), 0);
    const message = Math.floor(number / 2);
    from = text.length;
    if (number % 2 === 0 && begun === null) begun = { message, from };
    else if (number % 2 === 1 && begun?.message === message) {
      said.push({ ...begun, to: from });
      begun = null;
    } else return null;
  }
  return begun === null ? { text, said } : null;
}
