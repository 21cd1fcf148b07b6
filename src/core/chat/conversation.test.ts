import { expect, test } from 'vitest';
import { conversationProblem, type Message, ofPair, type Speaker } from './conversation';

/** `s`, `u` and `a` for who speaks; a capital one says something. */
const said = (turns: string): Message[] =>
  Array.from(turns, (letter) => ({
    role: { s: 'system', u: 'user', a: 'assistant' }[letter.toLowerCase()] as Speaker,
    content: letter === letter.toUpperCase() ? 'Yes.' : ' \n',
  }));

test.each(['UA', 'uA', 'SUA', 'sUA', 'UAUA', 'SUAUAUA'])('%s can be learnt', (turns) => {
  expect(conversationProblem({ messages: said(turns) })).toBeNull();
});

test.each([
  ['', 'no messages'],
  ['USA', 'a system message as number 2'],
  ['SSUA', 'a system message as number 2'],
  ['A', 'an answer to nothing'],
  ['SAUA', 'an answer to nothing'],
  ['UUA', 'two messages of the user after each other, number 1 and 2'],
  ['UAAU', 'two messages of the assistant after each other, number 2 and 3'],
  ['UAU', 'ends with the user'],
  ['S', 'ends with the system'],
  ['UAUa', 'an empty answer, message 4'],
])('%s cannot: %s', (turns, words) => {
  expect(conversationProblem({ messages: said(turns) })).toContain(words);
});

test('who is asked ends with the user', () => {
  expect(conversationProblem({ messages: said('SUAU') }, 'user')).toBeNull();
  expect(conversationProblem({ messages: said('UA') }, 'user')).toContain('ends with the assistant');
});

test('roles and halves of characters that are not known are told', () => {
  const tool = { role: 'tool' as Speaker, content: '' };
  expect(conversationProblem({ messages: [tool] })).toBe('has a message of "tool", a role that is not known here');
  expect(conversationProblem(ofPair('\ud800', 'Yes.'))).toContain('half of a surrogate pair in message 1');
  expect(conversationProblem(ofPair('', 'Yes.'))).toBeNull();
  for (const blank of ['', '\x85', '\ufeff', '\x1f\n'])
    expect(conversationProblem(ofPair('Who?', blank))).toContain('empty answer');
});
