import { ApiError } from './errors.mjs';
import { FIXED, optionsOf, SAMPLING } from './completion.mjs';
import { bad, isObject, number, objectOf, textOf } from './fields.mjs';

/**
 * What `POST /v1/chat/completions` asks for, checked field by field: what this server cannot do is refused, never ignored.
 * @typedef {object} Message
 * @property {'system' | 'user' | 'assistant'} role
 * @property {string} content
 *
 * @typedef {Omit<import('./completion.mjs').Completion, 'prompt' | 'echo'> & { messages: Message[] }} Chat
 */

/**
 * @param {unknown} given
 * @param {{ model: string, maxTokens: number }} limits
 * @returns {Chat}
 * @throws {import('./errors.mjs').ApiError} 400, or 404 for another model
 */
export function parseChat(given, limits) {
  const body = objectOf(given, KNOWN, limits.model);
  const options = optionsOf(body, UNSUPPORTED);
  const most = { least: 1, most: limits.maxTokens, whole: true };
  const both = number(body, 'max_tokens', { initial: limits.maxTokens, ...most });
  return {
    ...options,
    // The newer name of the two.
    maxTokens: number(body, 'max_completion_tokens', { initial: both, ...most }),
    messages: messagesOf(body['messages']),
  };
}

/** @type {typeof FIXED} Parameters that may only be left as they are. */
const UNSUPPORTED = {
  n: FIXED['n'],
  logprobs: { only: false, reason: 'is not supported: this API returns no token probabilities.' },
  top_logprobs: { only: 0, reason: 'is not supported: this API returns no token probabilities.' },
  logit_bias: FIXED['logit_bias'],
  presence_penalty: FIXED['presence_penalty'],
  frequency_penalty: FIXED['frequency_penalty'],
  response_format: { only: { type: 'text' }, reason: 'must be text: other formats are not supported.' },
  tools: { only: [], reason: 'are not supported: this model calls no tools.' },
  tool_choice: { only: 'none', reason: 'is not supported: this model calls no tools.' },
  modalities: { only: ['text'], reason: 'must be text.' },
};
const KNOWN = new Set(['messages', 'max_tokens', 'max_completion_tokens', ...SAMPLING, ...Object.keys(UNSUPPORTED)]);

/** @param {unknown} given @returns {Message[]} */
function messagesOf(given) {
  if (!Array.isArray(given) || given.length === 0) throw bad('invalid_type', 'messages', 'must be a list of messages.');
  if (given.length > MOST) throw bad('invalid_value', 'messages', `may have at most ${MOST} messages.`);
  const messages = given.map(messageOf);
  for (const [i, { role }] of messages.entries()) {
    const name = `messages[${i}].role`;
    const before = messages[i - 1]?.role ?? 'system';
    if (role === 'system' && i > 0) throw bad('invalid_value', name, 'is system: a system message must come first.');
    if (role === 'assistant' && before === 'system')
      throw bad('invalid_value', name, 'is assistant, but a user message must come first.');
    if (i > 0 && role === before)
      throw bad('invalid_value', name, 'repeats the role of the previous message: user and assistant take turns.');
  }
  if (messages.at(-1)?.role !== 'user') throw bad('invalid_value', 'messages', 'must end with a user message.');
  return messages;
}

/** @param {unknown} given @param {number} i @returns {Message} */
function messageOf(given, i) {
  const name = `messages[${i}]`;
  if (!isObject(given)) throw bad('invalid_type', name, 'must be an object with role and content.');
  if (Object.keys(given).some((key) => key !== 'role' && key !== 'content')) {
    throw bad('unknown_parameter', name, 'may contain only role and content.');
  }
  const role = ROLES.find((known) => known === given['role']);
  if (role === undefined) throw bad('invalid_value', `${name}.role`, `must be one of ${ROLES.join(', ')}.`);
  const content = contentOf(given['content'], `${name}.content`);
  if (role === 'assistant' && content.trim() === '')
    throw bad('invalid_value', `${name}.content`, 'is an empty answer.');
  return { role, content };
}
/** @type {readonly Message['role'][]} */
const ROLES = ['system', 'user', 'assistant'];
/** Of one conversation: each is read through for what stands around it. */
const MOST = 1000;

/** One text, or a list of parts that are texts. @param {unknown} given @param {string} name */
function contentOf(given, name) {
  const what = 'must be a string, or a list of parts of type text.';
  if (!Array.isArray(given)) return textOf(given, name, what);
  return textOf(given.map((part) => partOf(part, name, what)).join(''), name, what);
}

/** @param {unknown} part @param {string} name @param {string} what */
function partOf(part, name, what) {
  if (!isObject(part) || part['type'] !== 'text') throw bad('invalid_type', name, what);
  return textOf(part['text'], name, what);
}

/** An answer as it is told. @type {import('./api.mjs').Form} */
export const CHAT_FORM = {
  id: 'chatcmpl',
  object: 'chat.completion',
  event: 'chat.completion.chunk',
  opening: [{ index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }],
  part: (content, reason) => [
    { index: 0, delta: content === '' ? {} : { content }, logprobs: null, finish_reason: reason },
  ],
  whole: (content, reason) => [
    { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: reason },
  ],
};

/**
 * Of a conversation, which the model's template may refuse.
 * @param {Message[]} messages @param {NonNullable<import('./api.mjs').Engine['prompt']>} prompt
 * @throws {ApiError} 400
 */
export function idsOf(messages, prompt) {
  try {
    return prompt(messages);
  } catch (error) {
    // What the template says of them may repeat them: it goes to nobody else, and not to the log.
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'bad-settings') throw error;
    throw new ApiError(400, error.message, { code: 'template', param: 'messages' });
  }
}
