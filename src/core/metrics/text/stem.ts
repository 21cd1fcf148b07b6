/**
 * Porter stem of a lowercase word, with the default extensions of NLTK 3, which rouge-score uses.
 * Source: Porter 1980, "An algorithm for suffix stripping"
 */
export function stem(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  return [plural, participle, lastY, suffixes2, suffixes3, suffixes4, lastE, doubleL].reduce(
    (w, step) => step(w),
    word,
  );
}

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  (
    [
      ['sky', 'sky skies'],
      ['die', 'dying'],
      ['lie', 'lying'],
      ['tie', 'tying'],
      ['news', 'news'],
      ['inning', 'innings inning'],
      ['outing', 'outings outing'],
      ['canning', 'cannings canning'],
      ['howe', 'howe'],
      ['proceed', 'proceed'],
      ['exceed', 'exceed'],
      ['succeed', 'succeed'],
    ] as const
  ).flatMap(([root, forms]) => forms.split(' ').map((form) => [form, root] as const)),
);

/** Letters as c (consonant) and v (vowel); y is a vowel after a consonant. */
function shapeOf(word: string): string {
  let shape = '';
  for (const letter of word) {
    const isVowel = 'aeiou'.includes(letter) || (letter === 'y' && shape.endsWith('c'));
    shape += isVowel ? 'v' : 'c';
  }
  return shape;
}
/** Measure m of the form [C](VC){m}[V]. */
const measure = (word: string): number => shapeOf(word).split('vc').length - 1;
const hasVowel = (word: string): boolean => shapeOf(word).includes('v');
const endsInConsonant = (word: string): boolean => shapeOf(word).endsWith('c');
const endsDouble = (word: string): boolean => word.length >= 2 && word.at(-1) === word.at(-2) && endsInConsonant(word);
/** Condition *o of the paper, or words such as `ow`. */
function endsShort(word: string): boolean {
  const shape = shapeOf(word);
  return shape === 'vc' || (shape.endsWith('cvc') && !/[wxy]$/.test(word));
}

type Condition = (rest: string) => boolean;
type Rule = readonly [ending: string, becomes: string, when?: Condition];

/** Applies the first rule whose ending matches; leaves the word unchanged if that rule's condition fails. */
function byFirst(word: string, rules: readonly Rule[]): string {
  for (const [ending, becomes, when] of rules) {
    if (!word.endsWith(ending)) continue;
    const rest = word.slice(0, word.length - ending.length);
    return when && !when(rest) ? word : rest + becomes;
  }
  return word;
}
const longerThan =
  (max: number): Condition =>
  (rest) =>
    measure(rest) > max;
/** Parses rules such as `ational ate, tional tion`; removes an ending without a replacement. */
const rulesOf = (text: string, when: Condition): readonly Rule[] =>
  text.split(', ').map((rule): Rule => {
    const [ending = '', becomes = ''] = rule.split(' ');
    return [ending, becomes, when];
  });

const plural = (word: string): string =>
  word.length === 4 && word.endsWith('ies')
    ? word.slice(0, -1)
    : byFirst(word, [
        ['sses', 'ss'],
        ['ies', 'i'],
        ['ss', 'ss'],
        ['s', ''],
      ]);

function participle(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return byFirst(word, [['eed', 'ee', longerThan(0)]]);
  const ending = ['ed', 'ing'].find((each) => word.endsWith(each) && hasVowel(word.slice(0, -each.length)));
  if (ending === undefined) return word;
  const rest = word.slice(0, -ending.length);
  if (/(at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (endsDouble(rest)) return /[lsz]$/.test(rest) ? rest : rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

const lastY = (word: string): string => byFirst(word, [['y', 'i', (rest) => rest.length > 1 && endsInConsonant(rest)]]);

function suffixes2(word: string): string {
  if (word.endsWith('alli') && measure(word.slice(0, -4)) > 0) return suffixes2(word.slice(0, -2));
  return byFirst(word, STEP_2);
}
const STEP_2: readonly Rule[] = [
  ...rulesOf(
    'ational ate, tional tion, enci ence, anci ance, izer ize, bli ble, alli al, entli ent, eli e, ousli ous, ization ize, ' +
      'ation ate, ator ate, alism al, iveness ive, fulness ful, ousness ous, aliti al, iviti ive, biliti ble, fulli ful',
    longerThan(0),
  ),
  ['logi', 'log', (rest) => measure(`${rest}l`) > 0],
];
const suffixes3 = (word: string): string => byFirst(word, STEP_3);
const STEP_3 = rulesOf('icate ic, ative, alize al, iciti ic, ical ic, ful, ness', longerThan(0));
const suffixes4 = (word: string): string => byFirst(word, STEP_4);
const STEP_4: readonly Rule[] = [
  ...rulesOf('al, ance, ence, er, ic, able, ible, ant, ement, ment, ent', longerThan(1)),
  ['ion', '', (rest) => measure(rest) > 1 && /[st]$/.test(rest)],
  ...rulesOf('ou, ism, ate, iti, ous, ive, ize', longerThan(1)),
];

function lastE(word: string): string {
  if (!word.endsWith('e')) return word;
  const rest = word.slice(0, -1);
  return measure(rest) > 1 || (measure(rest) === 1 && !endsShort(rest)) ? rest : word;
}
const doubleL = (word: string): string =>
  word.endsWith('ll') && measure(word.slice(0, -1)) > 1 ? word.slice(0, -1) : word;
