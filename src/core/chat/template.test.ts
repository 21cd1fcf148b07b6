import { describe, expect, it, test } from 'vitest';
import { createTokenizer } from '../tokenizer/byteLevel';
import { everyTokenizer, NAMES, specialTokenizer, turnsTokenizer } from '../../testing/chatTemplates';
import { type Conversation, pairConversation } from './conversation';
import { compiled } from './template';
import { usualTemplate } from './usual';

const tokenizer = await everyTokenizer();
const run = async (source: string, conversation: Conversation = pairConversation('Who?', 'Me.'), asks = false) =>
  (await compiled(source, tokenizer)).render(conversation, asks);

describe('a template', () => {
  it('gets the variables of transformers, except the time', async () => {
    expect(await run('{{ bos_token }}|{{ eos_token }}|{{ pad_token is defined }}')).toBe(
      `${NAMES.bos_token}|${NAMES.eos_token}|false`,
    );
    expect(await run('{{ messages | length }}{{ messages[1].role }}{{ messages[1]["content"] }}')).toBe(
      '2assistantMe.',
    );
    const asks = '{% if add_generation_prompt %}yes{% endif %}';
    expect([await run(asks), await run(asks, undefined, true)]).toEqual(['', 'yes']);
    expect(await run('{{ "today" if strftime_now is defined else "26 Jul" }}')).toBe('26 Jul');
    expect(await run('{% for i in range(2, 8, 3) %}{{ i }};{% endfor %}{{ range(3) | length }}')).toBe('2;5;3');
    expect(await run('{{ chat_template is defined }}')).toBe('false');
  });

  it('trims blocks with any line ends', async () => {
    const lines = [
      '{% for turn in messages %}',
      '  {% if true %}',
      '{{ turn.content }}',
      '  {% endif %}',
      '{% endfor %}',
      '',
    ];
    for (const end of ['\n', '\r\n', '\r']) expect(await run(lines.join(end))).toBe('Who?\nMe.\n');
  });

  it('strips white space as Python does', async () => {
    const edges = pairConversation('\x85\x1c a \x1f', '\ufeff\n\nb \n');
    const both = '[{{ messages[0].content | trim }}][{{ messages[1].content.strip() }}]';
    expect(await run(both, edges)).toBe('[a][\ufeff\n\nb]');
    const some = pairConversation('\n\n a\n', 'xyaxbyx');
    expect(await run("[{{ messages[0].content.lstrip('\\n') }}][{{ messages[0].content.rstrip('\\n') }}]", some)).toBe(
      '[ a\n][\n\n a]',
    );
    expect(await run("{{ messages[1].content | trim('xy') }}{{ messages[1].content.strip('x') }}", some)).toBe(
      'axbyaxby',
    );
    expect(await run('[{{ nothing | trim }}]', some)).toBe('[]');
  });
});

test.each([
  ['{% for turn in messages %}{{ turn.content }}', 'ends inside a block'],
  ['{{ messages[ }}', ''],
  ['{{ "a }}', 'Unexpected end of input'],
  [' '.repeat(1001), 'more than 1,000 whitespace characters'],
  ['a'.repeat(100_001), 'it has 100,001 characters, more than the limit of 100,000'],
  ['('.repeat(50_000).replace(/^/, '{{'), 'more than 100 levels'],
  ['{% unknown %}', 'Unknown statement type: unknown'],
])('reports a template that does not parse, %#', async (source, words) => {
  await expect(compiled(source, tokenizer)).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(new RegExp(`^The chat template can’t be read: .*${words}`)) as string,
  });
});

test.each([
  ["{{ raise_exception('No system turn here.') }}", 'No system turn here'],
  ['{{ messages | nothing }}', 'nothing'],
  ['{{ strftime_now("%d") }}', 'not a function'],
  ['{{ 3 | trim }}', 'isn’t text'],
  ['{% for i in range(1000) %}{% for j in range(2000) %}{% endfor %}{% endfor %}', 'more than 502,002 steps'],
  ['{% for i in range(1000000000) %}{% endfor %}', 'more than 100,000'],
  [
    "{% set n = namespace(x='ab') %}{% for i in range(27) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
    'writes a string of more',
  ],
  ['{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}', 'more than 250 levels'],
])('names the rejected conversation, %#', async (source, words) => {
  const conversation = { ...pairConversation('a', 'b'), name: 'line 7 of chats.jsonl' };
  await expect(run(source, conversation)).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(
      new RegExp(`^The chat template can’t write line 7 of chats.jsonl: .*${words}.*\\.$`),
    ) as string,
  });
});

describe('the default template', () => {
  const said: Conversation = {
    messages: [{ role: 'system', content: 'Be brief.' }, ...pairConversation('Who?', 'Me.').messages],
  };
  const usual = async (of: typeof tokenizer, conversation = said, asks = false) =>
    (await compiled(usualTemplate(of), of)).render(conversation, asks);

  it('uses turn tokens if the tokenizer has them', async () => {
    const turns = await turnsTokenizer();
    expect(await usual(turns)).toBe(
      '<|system|>Be brief.<|endoftext|><|user|>Who?<|endoftext|><|assistant|>Me.<|endoftext|>',
    );
    expect(await usual(turns, { messages: said.messages.slice(1, 2) }, true)).toBe(
      '<|user|>Who?<|endoftext|><|assistant|>',
    );
    const none = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'user', 'assistant'] });
    expect(await usual(none, { messages: said.messages.slice(1) })).toBe(
      '<|user|>Who?<|endoftext|><|assistant|>Me.<|endoftext|>',
    );
    await expect(usual(none)).rejects.toThrow('no token for a system turn');
  });

  it('is ChatML if the tokenizer has its tokens, else plain words', async () => {
    const chatMl = await specialTokenizer(['<|endoftext|>', '<|im_start|>', '<|im_end|>']);
    expect(await usual(chatMl, said, true)).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWho?<|im_end|>\n<|im_start|>assistant\nMe.<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(await usual(await specialTokenizer(['</s>', '<|im_start|>']), said, true)).toBe(
      'System:\nBe brief.\nUser:\nWho?\nAssistant:\nMe.</s>\nAssistant:\n',
    );
  });

  it('is the tokenizer’s own if it has one', async () => {
    const own = await specialTokenizer(['<|im_start|>', '<|im_end|>'], { chat_template: '{{ messages[0].content }}' });
    expect(usualTemplate(own)).toBe('{{ messages[0].content }}');
  });
});
