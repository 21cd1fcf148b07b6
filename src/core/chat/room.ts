/** Fits a conversation into a model's context. */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import type { Message } from './conversation';

export interface Room {
  ids: Uint32Array;
  /** Maximum number of answer tokens: the context must still contain the beginning of the conversation. */
  max: number;
  /** Number of dropped messages: the earliest after the system message. */
  leftOut: number;
}

/**
 * Drops the earliest exchanges until the prompt leaves room for an answer.
 * @param messages the last is the user's
 * @param encodePrompt returns the IDs of the prompt
 * @param minAnswer tokens to keep free for the answer, if there are earlier messages to drop
 * @throws HomegrownError `bad-settings` if the question alone doesn't fit; as `ask` does
 */
export function inContext(
  messages: readonly Message[],
  encodePrompt: (messages: readonly Message[]) => Uint32Array,
  context: number,
  minAnswer: number,
): Room {
  const system = messages.filter(({ role }) => role === 'system');
  const turns = messages.slice(system.length);
  for (let leftOut = 0; ; leftOut += 2) {
    const isLast = leftOut + 2 >= turns.length;
    const ids = encodePrompt([...system, ...turns.slice(leftOut)]);
    const maxAnswer = context + 1 - ids.length;
    if (maxAnswer >= (isLast ? 1 : minAnswer)) return { ids, max: maxAnswer, leftOut };
    if (isLast)
      throw badSettings(
        `The question has ${formatCount(ids.length)} tokens with its chat template; the context is ${formatCount(context)} tokens.`,
        'Shorten the question.',
      );
  }
}

/**
 * Tokens to keep free for an answer of at most `length`: dropping the earliest messages is better than truncating the
 * answer at once.
 */
export const roomFor = (length: number, context: number): number => Math.min(length, Math.ceil(context / 4));
