import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unwatched } from '../../base/job';
import { normalization } from '../../base/normalizer';
import { normalizersSchema } from '../../base/normalizerSchema';
import { createTokenizer } from '../../tokenizer/byteLevel';
import { writeTokenizerJson } from '../../tokenizer/json';
import { readTokenizerJson } from '../../tokenizer/readJson';
import { trainTokenizer } from '../../tokenizer/train';
import { awkwardText, collect, documentOf, stream } from '../../../testing/texts';
import { normalizersOf } from './normalizersOf';
import { NO_RECIPE, recommendedRecipe, stepOf } from './recipe';
import { type RuleId, ruleOf, RULES } from './rules';

const SETTINGS: readonly [RuleId, Readonly<Record<string, unknown>>][] = [
  ['unicode', { form: 'NFC' }],
  ['unicode', { form: 'NFKC' }],
  ['lowerCase', {}],
  ['accents', {}],
  ['specialCharacters', { characters: '*]^-\\[é😀', to: 'space' }],
  ['numbers', { to: 'zeros' }],
  ['numbers', { to: 'placeholder' }],
];
const recipe = (...steps: readonly (readonly [RuleId, Readonly<Record<string, unknown>>])[]) => ({
  ...NO_RECIPE,
  steps: steps.map(([rule, settings]) => stepOf(rule, settings)),
});
const hard = fc
  .array(
    fc.oneof(
      awkwardText,
      fc.constantFrom('İ', 'I', 'ß', 'ẞ', 'ﬁ', '①', 'Σ', 'ΟΔΟΣ', 'é', 'e\u0301', '*', '1,234', '٣', 'ǅ', '²', 'Å'),
    ),
  )
  .map((parts) => parts.join(''));

it('covers each rule that has normalizers', () => {
  const all = (Object.keys(RULES) as RuleId[]).filter((id) => ruleOf(id).normalizers !== undefined);
  expect(new Set(SETTINGS.map(([rule]) => rule))).toEqual(new Set(all));
});

it.each(SETTINGS)('%s %j: normalizes a text as the rule does, and can be stored', async (rule, settings) => {
  const steps = normalizersOf(recipe([rule, settings]));
  const working = await ruleOf(rule).start(stepOf(rule, settings).settings as never);
  const change = working.document({ title: '' }).changes!()!;
  const form = normalization(steps);
  fc.assert(
    fc.property(hard, (text) => {
      expect(form.text(text)).toBe(change(text).text);
    }),
  );
  expect(normalizersSchema.parse(JSON.parse(JSON.stringify(steps)))).toEqual(steps);
});

it('includes only active steps, in order', () => {
  expect(normalizersOf(NO_RECIPE)).toEqual([]);
  expect(normalizersOf(recommendedRecipe())).toEqual([{ type: 'NFC' }]);
  const { steps } = recipe(['lowerCase', {}], ['unicode', { form: 'NFKC' }], ['numbers', {}]);
  const some = { ...NO_RECIPE, steps: [...steps.slice(0, 2), { ...steps[2]!, isOn: false }] };
  expect(normalizersOf(some).map(({ type }) => type)).toEqual(['Replace', 'Lowercase', 'NFKC']);
});

const USUAL = recipe(['unicode', { form: 'NFKC' }], ['lowerCase', {}], ['accents', {}]);

it('normalizing twice changes nothing, for any character and the rules in registry order', () => {
  const usual = { unicode: { form: 'NFKC' }, numbers: { to: 'placeholder' } } as Partial<Record<RuleId, object>>;
  const ids = (Object.keys(RULES) as RuleId[]).filter((id) => ruleOf(id).normalizers !== undefined);
  const { text } = normalization(normalizersOf(recipe(...ids.map((id) => [id, { ...usual[id] }] as const))));
  const characters: string[] = [];
  for (let code = 0; code < 0x110000; code++)
    if (code < 0xd800 || code > 0xdfff) characters.push(`A${String.fromCodePoint(code)}b`);
  const once = text(characters.join('\n'));
  expect(text(once)).toBe(once);
});

it.each(['bpe', 'characters', 'bytes'] as const)('%s: a raw prompt has the IDs of the cleaned text', async (kind) => {
  const normalizers = normalizersOf(USUAL);
  const form = normalization(normalizers);
  const text = 'Call me ISHMAEL. Ο ΔΡΟΜΟΣ, İstanbul, Çaﬁ, straße; e\u0301é. '.repeat(9);
  const [raw, cleaned] = await Promise.all(
    [text, form.text(text)].map((each) =>
      trainTokenizer({ kind, vocabulary: 300, normalizers }, [documentOf(each)], unwatched),
    ),
  );
  expect(raw).toEqual(cleaned);
  const tokenizer = await createTokenizer(raw!);
  const plain = await createTokenizer({ kind, merges: raw!.merges });
  expect(tokenizer.hash).not.toBe(plain.hash);
  await fc.assert(
    fc.asyncProperty(hard, async (given) => {
      const ids = [...tokenizer.encode(given)];
      expect(ids).toEqual([...plain.encode(form.text(given))]);
      expect(ids).toEqual([...tokenizer.encode(form.text(given))]);
      expect(tokenizer.decode(ids)).toBe(form.text(given));
      const streamed = await collect(tokenizer.encodeStream(stream(given)));
      expect(streamed.flatMap((part) => [...part])).toEqual(ids);
    }),
  );
  const back = readTokenizerJson(new TextEncoder().encode(writeTokenizerJson(tokenizer)));
  expect(back).toEqual(raw);
  expect((await createTokenizer(back)).hash).toBe(tokenizer.hash);
});
