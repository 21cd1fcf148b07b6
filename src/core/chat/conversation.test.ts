import { expect, test } from 'vitest';
import { conversationProblem, type Message, pairConversation, type Speaker } from './conversation';

/** Messages by role letter (`s`, `u`, `a`); lowercase letters give blank messages. */
const said = (turns: string): Message[] =>
  Array.from(turns, (letter) => ({
    role: { s: 'system', u: 'user', a: 'assistant' }[letter.toLowerCase()] as Speaker,
    content: letter === letter.toUpperCase() ? 'Yes.' : ' \n',
  }));

test.each(['UA', 'uA', 'SUA', 'sUA', 'UAUA', 'SUAUAUA'])('%s can be trained on', (turns) => {
  expect(conversationProblem({ messages: said(turns) })).toBeNull();
});

test.each([
  ['', 'no messages'],
  ['USA', 'a system message at position 2'],
  ['SSUA', 'a system message at position 2'],
  ['A', 'starts with an answer'],
  ['SAUA', 'starts with an answer'],
  ['UUA', 'two user messages in a row, messages 1 and 2'],
  ['UAAU', 'two assistant messages in a row, messages 2 and 3'],
  ['UAU', 'ends with the user'],
  ['S', 'ends with the system'],
  ['UAUa', 'an empty answer, message 4'],
])('%s is rejected: %s', (turns, words) => {
  expect(conversationProblem({ messages: said(turns) })).toContain(words);
});

test('a prompt must end with the user', () => {
  expect(conversationProblem({ messages: said('SUAU') }, 'user')).toBeNull();
  expect(conversationProblem({ messages: said('UA') }, 'user')).toContain('ends with the assistant');
});

test('reports unknown roles and lone surrogates', () => {
  const tool = { role: 'tool' as Speaker, content: '' };
  expect(conversationProblem({ messages: [tool] })).toBe('has the role "tool", which isn\'t supported');
  expect(conversationProblem(pairConversation('\ud800', 'Yes.'))).toContain('lone surrogate in message 1');
  expect(conversationProblem(pairConversation('', 'Yes.'))).toBeNull();
  for (const blank of ['', '\x85', '\ufeff', '\x1f\n'])
    expect(conversationProblem(pairConversation('Who?', blank))).toContain('empty answer');
});
