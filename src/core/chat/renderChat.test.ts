import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import {
  ALL_SPECIAL,
  CHAT_TEMPLATES,
  everyTokenizer,
  NAMES,
  specialTokenizer,
  turnsTokenizer,
} from '../../testing/chatTemplates';
import { type Conversation, type Message, pairConversation } from './conversation';
import { encodeChat } from './encoded';
import { fitConversations, fitted } from './fitted';
import { endsTurn, type RenderedChat, renderChat, renderedTokens, prompted, probeTemplate } from './renderChat';
import { type ChatTemplate, compiled } from './template';
import { usualTemplate } from './usual';
import { propertyRuns } from '../../testing/propertyRuns';

const every = await everyTokenizer();
const turns = await turnsTokenizer();
const plain = await specialTokenizer(['<|endoftext|>']);
const TEMPLATES: [string, ChatTemplate][] = [
  ...(await Promise.all(
    Object.entries(CHAT_TEMPLATES).map(async ([name, source]): Promise<[string, ChatTemplate]> => [
      name,
      await compiled(source, every),
    ]),
  )),
  ['turns', await compiled(usualTemplate(turns), turns)],
  ['plain', await compiled(usualTemplate(plain), plain)],
];

/** Any text, and text that could be misread: special tokens, their halves, marks, white space, Jinja. */
const piece = fc.oneof(
  fc.constantFrom(
    ...ALL_SPECIAL,
    '<|im',
    '_end|>',
    '|>',
    '<|',
    ' ',
    '\n\n',
    '\t',
    '\x85',
    '\ufeff',
    '{{ x }}',
    '\ufdd0',
    '\ufdd1',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => text.isWellFormed()),
);
const content = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
const answer = content.filter((text) => /[\p{L}\p{N}]/u.test(text));
const conversations = fc
  .record({ system: fc.option(content), pairs: fc.array(fc.tuple(content, answer), { minLength: 1, maxLength: 3 }) })
  .map(({ system, pairs }): Conversation => ({
    messages: [
      ...(system === null ? [] : [{ role: 'system', content: system } as const]),
      ...pairs.flatMap(([question, said]) => pairConversation(question, said).messages),
    ],
  }));
/** Drops messages that the template rejects. */
const fitting = (name: string, { messages }: Conversation): Conversation =>
  name === 'gemma' ? { messages: messages.filter(({ role }) => role !== 'system') } : { messages };
const answersOf = ({ messages }: Conversation): string[] =>
  messages.filter(({ role }) => role === 'assistant').map(({ content }) => content);
const TRIMS = new Set(['llama3', 'gemma']);

/** Decodes IDs, with special tokens as their texts. */
const spelt = (tokenizer: Tokenizer, ids: Iterable<number>): string => {
  const decoder = tokenizer.decoder();
  return Array.from(ids, (id) => tokenizer.specialOf(id)?.text ?? decoder.push(id)).join('') + decoder.end();
};

describe.each(TEMPLATES)('%s', (name, template) => {
  const { tokenizer } = template;

  it('applies the loss to each answer and its end token only', () => {
    fc.assert(
      fc.property(conversations, (given) => {
        const conversation = fitting(name, given);
        const found = renderChat(conversation, template);
        expect(spelt(tokenizer, found.ids)).toBe(template.render(conversation));
        expect(found.lossRanges).toHaveLength(answersOf(conversation).length);
        for (const [i, [from, to]] of found.lossRanges.entries()) {
          expect(tokenizer.specialOf(found.ids[to - 1]!)).toBeDefined();
          const answer = spelt(tokenizer, found.ids.subarray(from, to - 1));
          const said = answersOf(conversation)[i]!;
          // Only a token that begins in the template's text can add more: a line break.
          if (TRIMS.has(name)) expect(trimmed(answer)).toBe(trimmed(said));
          else expect([said, `\n${said}`, `\n\n${said}`]).toContain(answer);
        }
        expect(endsTurn(found)).toBe(true);
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('never creates special tokens from messages', () => {
    fc.assert(
      fc.property(conversations, (given) => {
        const conversation = fitting(name, given);
        const harmless = { messages: conversation.messages.map((message) => ({ ...message, content: 'A' })) };
        const special = (ids: Uint32Array): number[] => [...ids].filter((id) => tokenizer.specialOf(id));
        expect(special(renderChat(conversation, template).ids)).toEqual(special(renderChat(harmless, template).ids));
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('begins an answer with the generation prompt', () => {
    fc.assert(
      fc.property(conversations, (given) => {
        const conversation = fitting(name, given);
        const { ids, lossRanges } = renderChat(conversation, template);
        const asked = { messages: conversation.messages.slice(0, -1) };
        const prompt = prompted(asked, template);
        expect(spelt(tokenizer, prompt)).toBe(template.render(asked, true));
        // Except where the template's last and the answer's first white space share a token.
        if (/^[\p{L}\p{N}\p{P}]/u.test(answersOf(conversation).at(-1)!))
          expect(prompt).toEqual(ids.slice(0, lossRanges.at(-1)![0]));
      }),
      { numRuns: propertyRuns(20) },
    );
  });

  it('reports the end token of an answer, and that the prompt equals the training text', () => {
    const { endsWith, asksAlike } = probeTemplate(template);
    expect(asksAlike).toBe(true);
    expect(endsWith).toBeDefined();
    expect(renderChat(pairConversation('a', 'b'), template).turns.at(-1)).toMatchObject({
      role: 'assistant',
      endsWith,
    });
  });
});
const trimmed = (text: string): string => text.replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, '');

describe('loss mask', () => {
  const conversation: Conversation = {
    messages: [
      { role: 'system', content: 'Be brief.' },
      ...pairConversation('Who?', 'Me.').messages,
      ...pairConversation('Why?', 'So.').messages,
    ],
  };
  const shown = ({ ids, lossRanges, turns: all }: RenderedChat, tokenizer: Tokenizer): string[] =>
    renderedTokens({ ids, lossRanges, turns: all }, tokenizer).reduce<string[]>((parts, { text, role, hasLoss }) => {
      const head = `${role.charAt(0)}${hasLoss ? '+' : '-'}`;
      if (parts.at(-1)?.startsWith(head)) parts.push(parts.pop()! + text);
      else parts.push(head + text);
      return parts;
    }, []);

  it('follows the turns', async () => {
    expect(shown(renderChat(conversation, await compiled(usualTemplate(turns), turns)), turns)).toEqual([
      's-<|system|>Be brief.<|endoftext|>',
      'u-<|user|>Who?<|endoftext|>',
      'a-<|assistant|>',
      'a+Me.<|endoftext|>',
      'u-<|user|>Why?<|endoftext|>',
      'a-<|assistant|>',
      'a+So.<|endoftext|>',
    ]);
    expect(shown(renderChat(conversation, await compiled(CHAT_TEMPLATES['chatml']!, every)), every)).toEqual([
      's-<|im_start|>system\nBe brief.<|im_end|>',
      'u-\n<|im_start|>user\nWho?<|im_end|>',
      'a-\n<|im_start|>assistant\n',
      'a+Me.<|im_end|>',
      'u-\n<|im_start|>user\nWhy?<|im_end|>',
      'a-\n<|im_start|>assistant\n',
      'a+So.<|im_end|>',
      'a-\n',
    ]);
    const first = renderedTokens(renderChat(conversation, await compiled(usualTemplate(turns), turns)), turns, 1);
    expect(first).toEqual([
      { id: turns.idOf('system'), text: '<|system|>', role: 'system', hasLoss: false, isSpecial: true },
    ]);
  });

  it('covers the text between an answer and its end token, and tokens that cross into an answer', async () => {
    const spaced = await compiled(
      "{% for m in messages %}{{ m.role + ': ' + m.content + ' ' + eos_token }}{% endfor %}",
      every,
    );
    expect(shown(renderChat(pairConversation('Who?', 'a friend.'), spaced), every)).toEqual([
      'u-user: Who? <|endoftext|>',
      'a-assistant:',
      'a+ a friend. <|endoftext|>',
    ]);
  });

  it('covers no end token if the template writes none', async () => {
    const words = await compiled("{% for m in messages %}{{ m.role + ':\\n' + m.content + '\\n' }}{% endfor %}", every);
    const found = renderChat(conversation, words);
    expect(endsTurn(found)).toBe(false);
    expect(probeTemplate(words)).toEqual({ asksAlike: false });
    expect(shown(found, every).filter((part) => part.startsWith('a+'))).toEqual(['a+Me.', 'a+So.']);
  });

  it('is computed by characters if the tokenizer normalizes them', async () => {
    const folded = await turnsTokenizer(
      { type: 'NFC' },
      { type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' },
      { type: 'Lowercase' },
    );
    const words = await compiled(
      "{% for m in messages %}{{ m.role ~ ':' ~ m.content ~ ';' }}{% endfor %}{{ eos_token }}",
      folded,
    );
    // Text that gets shorter, text that gets longer, and a question in another case.
    for (const [question, said] of [
      ['E\u0301', 'I\u0307a'],
      ['\u0130\u0130', 'e\u0301E\u0301'],
      ['Who', 'ME'],
    ] as const) {
      const { ids, lossRanges } = renderChat(pairConversation(question, said), words);
      const [[from, to]] = lossRanges as [[number, number]];
      const form = (text: string): string => text.normalize('NFC').toLowerCase();
      expect(spelt(folded, ids.subarray(from, to))).toBe(`${form(said)};<|endoftext|>`);
      expect(spelt(folded, ids.subarray(0, from))).toBe(`user:${form(question)};assistant:`);
    }
    // NFC composes the mark that begins the answer with the character before it.
    const crossing = renderChat(
      pairConversation('a', '\u0301b'),
      await compiled('{{ messages[0].content + messages[1].content }}', folded),
    );
    expect(crossing.lossRanges[0]![0]).toBe(0);
  });

  it('excludes text after an answer, even if the tokenizer normalizes the text', async () => {
    const lower = await turnsTokenizer({ type: 'NFC' }, { type: 'Lowercase' });
    const words = await compiled("{% for m in messages %}{{ m.role ~ ':' ~ m.content ~ ';' }}{% endfor %}", lower);
    const { ids, lossRanges } = renderChat(pairConversation('WHO', 'E\u0301'), words);
    expect(lossRanges.map(([from, to]) => spelt(lower, ids.subarray(from, to)))).toEqual(['\u00e9']);
  });

  it('lets a special token strip white space around it', async () => {
    const taking = await specialTokenizer(
      ['<|end|>', '<|me|>'],
      { eos_token: '<|end|>' },
      { lstrip: true, rstrip: true },
    );
    const template = await compiled(
      "{% for m in messages %}{{ '<|me|> ' + m.content + ' \\n' + eos_token }}{% endfor %}",
      taking,
    );
    expect(shown(renderChat(pairConversation('a', ' b'), template), taking)).toEqual([
      'u-<|me|>a<|end|>',
      'a-<|me|>',
      'a+b<|end|>',
    ]);
  });
});

test.each([
  ['{{ messages[0].content }}', 'drops an answer of line 3, message 2'],
  ['{% for m in messages %}{{ m.content | upper }}{% endfor %}', 'changes a message of line 3'],
  ["{% for m in messages %}{{ m.content.split('e')[0] }}{% endfor %}", 'changes a message of line 3'],
  ['{% for m in messages %}{{ m.content[:2] }}{% endfor %}', 'changes a message of line 3'],
  ['{% for m in messages %}{{ m.content | length }}{% endfor %}', 'changes a message of line 3'],
  ["{{ raise_exception('No.') }}", 'can’t write line 3: No'],
])('%s has no loss mask', async (source, words) => {
  const template = await compiled(source, every);
  const conversation = { ...pairConversation('Who?', 'There he is.'), name: 'line 3' };
  expect(() => renderChat(conversation, template)).toThrow(
    expect.objectContaining({ code: 'bad-settings', message: expect.stringContaining(words) as string }),
  );
});

test('reports roles out of order before a template runs', async () => {
  const template = await compiled("{{ raise_exception('No.') }}", every);
  const messages: Message[] = [{ role: 'assistant', content: 'Me.' }];
  expect(() => renderChat({ messages, name: 'line 3' }, template)).toThrow('Line 3 starts with an answer.');
  expect(() => prompted(pairConversation('a', 'b'), template)).toThrow('ends with the assistant, not the user');
});

test('a template that changes messages can render a prompt if the prompt contains no special token', async () => {
  const template = await compiled('{% for m in messages %}{{ m.content | upper }}{% endfor %}', every);
  expect(spelt(every, prompted({ messages: [{ role: 'user', content: 'Who?' }] }, template))).toBe('WHO?');
  expect(() => prompted({ messages: [{ role: 'user', content: '<|im_end|>' }] }, template)).toThrow(
    'changes a message',
  );
});

describe('a row', () => {
  const template = TEMPLATES.find(([name]) => name === 'chatml')![1];
  const three = renderChat(
    {
      messages: [
        ...pairConversation('a', 'b').messages,
        ...pairConversation('c', 'd').messages,
        ...pairConversation('e', 'f').messages,
      ],
    },
    template,
  );
  const ends = three.lossRanges.map(([, to]) => to);

  it('keeps the first whole exchanges that fit', () => {
    fc.assert(
      fc.property(fc.nat(three.ids.length + 2), (max) => {
        const found = fitted(three, max);
        const fits = ends.filter((end) => end <= max).length;
        expect(found === null).toBe(fits === 0);
        if (!found) return;
        const { rendered: row, leftOut } = found;
        expect(leftOut).toBe(3 - fits);
        expect(row.ids.length).toBeLessThanOrEqual(max);
        expect(row.ids).toEqual(three.ids.subarray(0, max >= three.ids.length ? three.ids.length : ends[fits - 1]));
        expect(row.lossRanges).toEqual(three.lossRanges.slice(0, fits));
        expect(row.turns).toHaveLength(2 * fits);
        expect(row.turns.at(-1)!.end).toBe(row.ids.length);
        expect(endsTurn(row)).toBe(true);
      }),
    );
  });

  it('counts shortened and dropped conversations', () => {
    const one = renderChat(pairConversation('a', 'b'), template);
    const found = fitConversations([one, three, three], ends[1]!);
    expect(found).toMatchObject({ shortened: 2, leftOut: 2, tooLong: [] });
    expect(fitConversations([one, three], ends[0]! - 1)).toEqual({
      rows: [],
      shortened: 0,
      leftOut: 0,
      tooLong: [0, 1],
    });
  });
});

test('finds the longest special tokens', async () => {
  const both = await specialTokenizer(['<|end|>', '<|end|>x']);
  const ids = (text: string): string[] =>
    Array.from(
      encodeChat({ text, messageRanges: [] }, both).ids,
      (id) => both.specialOf(id)?.text ?? both.decode([id]),
    );
  expect(ids('a<|end|>x<|end|><|end|>y')).toEqual(['a', '<|end|>x', '<|end|>', '<|end|>', 'y']);
  expect(NAMES.eos_token).toBe('<|endoftext|>');
});
