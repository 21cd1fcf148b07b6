import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { conversations, rowIn } from '../../../testing/conversations';
import { parseConversation, type ShapeId, detectShape, SHAPES } from '.';
import type { Row } from './shape';

test('the registry contains every shape file', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !name.endsWith('.test.ts'));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !['index', 'shape'].includes(name));
  expect(Object.keys(SHAPES).sort()).toEqual(names.sort());
});

describe.each(Object.keys(SHAPES) as ShapeId[])('%s', (id) => {
  it('restores the conversation of a row', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const row = rowIn[id](conversation);
        expect(detectShape([row])).toBe(id);
        expect(parseConversation(id, row, 'line 3 of a.jsonl')).toEqual({ ...conversation, name: 'line 3 of a.jsonl' });
      }),
    );
  });

  it('accepts any row, or reports what is wrong with it', () => {
    const keys = ['messages', 'conversations', 'instruction', 'output', 'input', 'history', 'system'];
    const inner = fc.oneof(fc.jsonValue(), fc.array(fc.record({ role: fc.jsonValue(), from: fc.jsonValue() })));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), inner), (row) => {
        if (!SHAPES[id].recognizes(row)) return;
        expect(() => parseConversation(id, row, 'a')).not.toThrow(TypeError);
      }),
    );
  });
});

test.each<[ShapeId, Row, string]>([
  ['openai', { messages: [] }, 'has no messages'],
  ['openai', { messages: [{ role: 'tool', content: 'a' }] }, 'has the role "tool", which'],
  ['openai', { messages: [{ role: 'x'.repeat(500), content: 'a' }] }, 'has the role "x{79}…, which'],
  ['openai', { messages: [{ role: 'user', content: null }] }, "a message that isn't only text, message 1"],
  ['openai', { messages: [{ role: 'assistant', content: 'a', weight: 0 }] }, 'an answer with weight 0'],
  ['openai', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'only text'],
  ['openai', { messages: [{ role: 'user', content: '' }], tools: [{}] }, 'has tools'],
  ['openai', { text: 'a' }, "isn't in OpenAI format"],
  ['sharegpt', { conversations: [{ from: 'gpt', value: 'a' }] }, 'starts with an answer'],
  ['sharegpt', { conversations: [{ from: 'human', value: 'a' }] }, 'ends with the user, not the assistant'],
  ['sharegpt', { conversations: [{ from: 'observation', value: 'a' }] }, 'a turn from "observation"'],
  ['sharegpt', { conversations: [{ from: 'human', value: 3 }] }, "a turn that isn't text, turn 1"],
  ['alpaca', { instruction: 'a', output: ' \n' }, 'an empty answer, message 2'],
  ['alpaca', { instruction: 3, output: 'a' }, 'no text as its instruction'],
  ['alpaca', { instruction: 'a', output: 'a', system: 3 }, 'no text as its system'],
  ['alpaca', { instruction: 'a', output: 'a', history: ['a'] }, "a history that isn't pairs"],
])('%s: reports why %j is rejected', (id, row, words) => {
  expect(parseConversation(id, row, 'line 3 of a.jsonl')).toMatch(new RegExp(words));
});

it('puts the input after the instruction', () => {
  const row = { instruction: 'Add these.', input: '1, 2', output: '3' };
  expect(parseConversation('alpaca', row, 'a')).toMatchObject({
    messages: [{ role: 'user', content: 'Add these.\n1, 2' }, { role: 'assistant' }],
  });
});

it('recognizes a shape if most rows match', () => {
  const pair = { instruction: 'a', output: 'b' };
  expect(detectShape([pair, { text: 'a' }, pair])).toBe('alpaca');
  expect(detectShape([pair, { text: 'a' }])).toBeNull();
  expect(detectShape([{ question: 'a', answer: 'b' }])).toBeNull();
  expect(detectShape([])).toBeNull();
});
