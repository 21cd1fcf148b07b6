/** Templates that would never end, or exhaust the memory. Each is rejected by counting its work. */
import * as jinja from '@huggingface/jinja';
import { describe, expect, it, test } from 'vitest';
import { CHAT_TEMPLATES, everyTokenizer, NAMES } from '../../testing/chatTemplates';
import { type Conversation, pairConversation } from './conversation';
import { compileRenderer } from './jinja';
import { compiled, OWNERS } from './template';

const render = (source: string, conversation: Conversation = pairConversation('Who?', 'Me.')): string =>
  compileRenderer(jinja, source, NAMES)(conversation);
/** Doubles the value of `n.x`. */
const grown = (start: string, growth: string, then: string): string =>
  `{% set n = namespace(x=${start}) %}{% for i in range(60) %}{% set n.x = ${growth} %}{% endfor %}{{ ${then} }}`;
const LONG = `{% set n = namespace(x='a a a a a a a a ') %}{% for i in range(17) %}{% set n.x = n.x ~ n.x %}{% endfor %}`;
const again = (expression: string): string =>
  `${LONG}{% for i in range(9999) %}{% set y = ${expression} %}{% endfor %}`;

describe('rejects expensive templates', () => {
  test.each([
    ['loops in loops', '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}'],
    [
      'loops that take nothing',
      '{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}',
    ],
    ['many rounds', '{% for a in range(99999) %}{% set b = a %}{% endfor %}'],
    ['macros defined in a loop', `{% for a in range(9999) %}{% macro m() %}${'{{ a }}'.repeat(1000)}{% endmacro %}{% endfor %}`], // prettier-ignore
    ['continue', '{% for a in range(99999) %}{% continue %}{% endfor %}'],
    ['ranges', '{% for a in range(9999) %}{% set b = range(99999) %}{% endfor %}'],
    ['splits', again("n.x.split('a')")],
    ['sorts', `{% set l = range(9999) %}{% for i in range(9999) %}{% set y = l | sort %}{% endfor %}`],
    ['lists that are added', grown('[1]', 'n.x + n.x', 'n.x | length')],
    ['lists in lists, written', grown('[1]', '[n.x, n.x]', 'n.x')],
    ['lists in lists, compared', grown('[1]', '[n.x, n.x]', "n.x == 'a'")],
    ['lists in lists, joined', grown('[1]', '[n.x, n.x]', "n.x | join('')")],
  ])('%s: steps or levels', (_, source) => {
    expect(() => render(source)).toThrow(/takes more than 50\d,\d+ steps|lists inside each other|characters/);
  });

  test.each([
    ['a text that is doubled', grown("'ab'", 'n.x ~ n.x', 'n.x')],
    ['replacements', grown("'ab'", "n.x.replace('a', 'aaaaaaaa')", 'n.x | length')],
    ['an empty text replaced', grown("'ab'", "n.x | replace('', 'aaaaaaaa')", 'n.x | length')],
    ['indents', "{{ 'a\nb' | indent(1000000000) }}"],
    ['indents of JSON', '{{ [1] | tojson(indent=1000000000) }}'],
    ['separators', `${LONG}{{ range(9999) | join(n.x) }}`],
    ['searches', `${LONG}{% set p = 'b' ~ n.x[:500000] %}{% for i in range(999) %}{{ p in n.x }}{% endfor %}`],
    ['upper case', again('n.x | upper')],
    ['comparisons', again("n.x == n.x ~ ''")],
    ['slices', again('n.x[1:]')],
    ['titles', again('n.x | title')],
    ['what is written', `${LONG}{% for i in range(999) %}{{ n.x }}{% endfor %}`],
    ['a long template', `{% for i in range(9999) %}${'x'.repeat(90_000)}{% endfor %}`],
  ])('%s: characters', (_, source) => {
    expect(() => render(source)).toThrow(/more than [\d,]+ (characters|steps)/);
  });

  test.each([
    [
      'a macro that calls itself',
      '{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}',
      /nests more than 250 levels/,
    ],
    ['a list in a range', grown('[1]', '[n.x, n.x]', 'range(n.x)'), /numbers only/],
    ['a list that is raised', grown('[1]', '[n.x, n.x]', 'raise_exception(n.x)'), /raises an exception/],
    ['a namespace in itself', '{% set n = namespace() %}{% set n.x = n %}{{ n }}', /lists inside each other/],
  ])('%s', (_, source, words) => {
    expect(() => render(source)).toThrow(words);
  });

  test.each([
    ['brackets', `{{ ${'('.repeat(40_000)}1${')'.repeat(40_000)} }}`],
    ['operators', `{{ ${'not '.repeat(20_000)}1 }}`],
    ['sums', `{{ 1${' + 1'.repeat(20_000)} }}`],
    ['branches', `{% if a %}${'{% elif a %}'.repeat(8000)}{% endif %}`],
    ['choices', `{{ ${'1 if a else '.repeat(8000)}1 }}`],
    ['blocks', `${'{% if true %}'.repeat(3000)}${'{% endif %}'.repeat(3000)}`],
    ['calls', `{{ a${'()'.repeat(40_000)} }}`],
    ['filters', `{{ a${'|trim'.repeat(15_000)} }}`],
    ['members', `{{ a${'.b'.repeat(40_000)} }}`],
  ])('rejects nested %s before the template runs', (_, source) => {
    expect(() => render(source)).toThrow(/can’t be read: it nests more than \d+ levels/);
  });
});

it('names the template and the limit', async () => {
  const { render: written } = await compiled('{% for a in range(99999) %}{% endfor %}', await everyTokenizer(), OWNERS.chosen); // prettier-ignore
  expect(() => written({ ...pairConversation('a', 'b'), name: 'line 7 of chats.jsonl' })).toThrow(
    expect.objectContaining({
      code: 'bad-settings',
      message: 'The chosen chat template can’t write line 7 of chats.jsonl: it takes more than 502,002 steps.',
      remedy: 'Leave the conversation out, change it, or choose another template.',
    }),
  );
});

it('allows more work for longer conversations', () => {
  const source = '{% for m in messages %}{% for i in range(500) %}{% endfor %}{{ m.content | trim }}{% endfor %}';
  const messages = Array.from({ length: 400 }, (_, i) => ({ role: i % 2 ? ('assistant' as const) : ('user' as const), content: 'word '.repeat(2000) })); // prettier-ignore
  expect(render(source, { messages })).toHaveLength(400 * 9999);
});

/** Renders with the library alone, with the same variables. */
function byLibrary(source: string, { messages }: Conversation, asks: boolean): string {
  const { Environment, Interpreter, parse, tokenize } = jinja;
  const environment = new Environment();
  const given = { ...NAMES, true: true, false: false, none: null, messages, add_generation_prompt: asks };
  for (const [name, value] of Object.entries(given)) environment.set(name, value);
  return new Interpreter(environment).run(parse(tokenize(source, { trim_blocks: true, lstrip_blocks: true }))).value as string; // prettier-ignore
}

/** Features that templates use, and more. The budget must not change any output. */
const EXPRESSIONS = [
  "{{ messages | length }}{{ messages[-1].role }}{{ messages[1:] | length }}{{ messages[::-1][0]['content'] }}",
  "{% for m in messages if m.role == 'user' %}{{ loop.index }}{{ loop.last }}{{ m.content | upper }}{% else %}none{% endfor %}",
  "{% set n = namespace(x='', found=false) %}{% for m in messages %}{% set n.x = n.x ~ m.role[0] %}{% endfor %}{{ n.x }}{{ n.found }}",
  "{% macro show(m, mark='*', other=1 + 1) %}{{ mark }}{{ m.content }}{{ other }}{{ varargs }}{% endmacro %}{{ show(messages[0], mark='+') }}{{ show(messages[1], '-', 3, 4) }}",
  "{% macro wrap() %}<{{ caller('x') }}>{% endmacro %}{% call(y) wrap() %}{{ y }}!{% endcall %}",
  '{{ messages | tojson }}{{ messages | tojson(indent=2, ensure_ascii=true, sort_keys=true) }}{{ messages[0] }}{{ messages }}',
  "{{ 'a-b-c'.split('-') | join('+') }}{{ ' a  b '.split() }}{{ 'a,b'.split(',', 1)[0] }}{{ 'aXa'.replace('a', 'b', 1) }}",
  "{{ 'title case' | title }}{{ 'abc' | capitalize }}{{ 'ab\ncd' | indent(2, true) }}{{ 'abc'.startswith(('x', 'ab')) }}",
  "{{ messages | map(attribute='role') | list | unique | sort(reverse=true) | join(', ') }}",
  "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{{ messages | rejectattr('role', 'eq', 'user') | first }}",
  "{{ {'b': 1, 'a': 2} | dictsort }}{% for key, value in {'a': 1}.items() %}{{ key }}{{ value }}{% endfor %}{{ {'a': 1}.get('b', 'no') }}",
  "{{ nothing is defined }}{{ nothing | default('d') }}{{ messages[0].nothing is none }}{{ 'A' is upper }}{{ 3 is odd }}",
  "{{ 7 // 2 }}{{ 7 % 4 }}{{ 2 ** 5 }}{{ -3 | abs }}{{ 1.0 }}{{ '3' | int + 1 }}{{ not true }}{{ 1 if false else 2 }}",
  "{{ 'user' in messages | map(attribute='role') | list }}{{ 'a' in 'abc' }}{{ 'role' in messages[0] }}{{ 'x' not in ['y'] }}",
  '{% filter upper %}a{{ messages[0].content }}{% endfilter %}{% set block %}b{{ 1 }}{% endset %}{{ block }}',
  '{% for m in messages %}{% if loop.first %}{% continue %}{% endif %}{{ loop.previtem.role }}{% break %}{% endfor %}',
  "{{ namespace(a=1, **{'b': 2}).b }}{{ [1, 2] + [3] }}{{ (1, 2)[0] }}{{ messages == messages }}{{ 'a' 'b' }}{{ none }}",
];
test.each([...Object.entries(CHAT_TEMPLATES), ...EXPRESSIONS.map((source) => [source, source] as const)])(
  '%s renders the same as without a budget',
  (_, source) => {
    for (const asks of [false, true])
      for (const conversation of [
        pairConversation('Who?\nYou.', 'Mé "there".'),
        {
          messages: [
            { role: 'system' as const, content: 'Be brief.' },
            ...pairConversation('a', 'b').messages,
            ...pairConversation('c', 'd').messages,
          ],
        },
      ]) {
        // prettier-ignore
        let [own, expected] = ['', ''];
        try {
          expected = byLibrary(source, conversation, asks);
        } catch {
          expect(() => compileRenderer(jinja, source, NAMES)(conversation, asks)).toThrow();
          continue;
        }
        own = compileRenderer(jinja, source, NAMES)(conversation, asks);
        expect(own).toBe(expected);
      }
  },
);
