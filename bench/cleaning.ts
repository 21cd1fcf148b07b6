/** Texts to measure cleaning on: a real book with artifacts that recipes fix, as one document or as many. */
import { stream } from '../src/core/base/rng';
import type { TextSource } from '../src/core/documents';
import { type Recipe, recommendedRecipe, stepOf } from '../src/core/documents/clean/recipe';
import type { RuleId } from '../src/core/documents/clean/rules';

const recipeOf = (name: string, rules: readonly RuleId[]): Recipe => ({
  version: 1,
  name,
  steps: rules.map((rule) => stepOf(rule)),
  kept: [],
});
/** Recipes by benchmark case; each is measured on one document and on many. */
export const RECIPES = {
  'ten rules': recipeOf('ten rules', [
    'unicode',
    'lineEnds',
    'hyphenation',
    'controls',
    'whiteSpace',
    'urls',
    'markup',
    'specialCharacters',
    'repeatedLines',
    'length',
  ]),
  'language and quality': recipeOf('language and quality', [
    'language',
    'gopherQuality',
    'gopherRepetition',
    'c4',
    'fineWeb',
  ]),
  recommended: recommendedRecipe(),
} as const;

/** Bytes per document in a text of many. */
const SHORT = 4096;

/** Text of about `size` bytes, as one document or as table rows of 4 KB. The same book and size give the same bytes. */
export function grown(book: string, size: number, kind: 'one' | 'many'): TextSource {
  const isOne = kind === 'one';
  return {
    name: isOne ? 'one.txt' : 'many.jsonl',
    size,
    async *stream() {
      let made = 0;
      for (const piece of pieces(book)) {
        const bytes = encoder.encode(isOne ? piece : `${JSON.stringify({ text: piece })}\n`);
        yield await Promise.resolve(bytes);
        made += bytes.length;
        if (made >= size) return;
      }
    },
    ...(!isOne && { table: { format: 'jsonl', columns: { text: 'text' } } }),
  };
}
const encoder = new TextEncoder();

/**
 * Lines of the book, each with the second half of another line, so that no line repeats and word counts are a book's.
 * One in 32 has artifacts of scanned, copied or crawled text.
 */
function* pieces(book: string): Generator<string> {
  const lines = book.split('\n').filter((line) => line.length > 50);
  const halves = lines.map((line) => {
    const at = line.indexOf(' ', line.length / 2);
    return at < 0 ? ([line, ''] as const) : ([line.slice(0, at), line.slice(at)] as const);
  });
  const bits = stream(1, 'a text to clean', 0);
  for (let drawn = 0; ;) {
    let piece = '';
    while (piece.length < SHORT) {
      const draw = bits(drawn++);
      const [first] = halves[draw % halves.length]!;
      const [, second] = halves[bits(drawn++) % halves.length]!;
      // A paragraph has about eight lines.
      piece += (draw >>> 24) % 32 === 0 ? AS_FOUND[(draw >>> 16) % AS_FOUND.length]!(first, second) : first + second;
      piece += (draw >>> 20) % 8 === 0 ? '\n\n' : '\n';
    }
    yield piece;
  }
}
type AsFound = (first: string, second: string) => string;
const AS_FOUND: readonly AsFound[] = [
  (first, second) => `${first}  ${second} `,
  (first, second) => `${first}\u00a0${second}\r`,
  (first, second) => `${first}\u200b${second}\u0007`,
  (first, second) => `${first} grati-\ntude${second}`,
  (first, second) => `<p>${first} &amp;${second}</p>`,
  (first, second) => `${first}, see https://example.org/a?b=${first.length},${second}`,
  (first, second) => `• *${first}*${second}`,
  (first, second) => `${first} cafe\u0301${second}`,
  (first, second) => `${first} donâ€™t${second}`,
];
