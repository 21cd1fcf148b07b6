import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conversationProblem } from './conversation';
import { conversationBetween } from './speakers';

const said = (text: string) => Array.from(text, (author, i) => ({ author, text: `${author}${i}` }));
const shown = (text: string, assistant = 'b') =>
  conversationBetween(said(text), assistant)?.messages.map(({ role, content }) => `${role[0]}:${content}`);

test('joins consecutive turns, and drops unasked answers and unanswered questions', () => {
  expect(shown('ab')).toEqual(['u:a0', 'a:b1']);
  expect(shown('bbaabbaba')).toEqual(['u:a2\na3', 'a:b4\nb5', 'u:a6', 'a:b7']);
  for (const none of ['', 'a', 'ba', 'abc', 'aaa', 'bbb']) expect(shown(none)).toBeUndefined();
});

test('the result is trainable and spans the first question to the last answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (text) => {
      const found = conversationBetween(said(text), 'b');
      const between = /a[ab]*b/.exec(text);
      expect(found === null).toBe(between === null);
      if (!found || !between) return;
      expect(conversationProblem(found)).toBeNull();
      const all = found.messages.flatMap(({ content }) => content.split('\n'));
      expect(all).toEqual(
        said(text)
          .slice(between.index, between.index + between[0].length)
          .map((turn) => turn.text),
      );
    }),
  );
});
