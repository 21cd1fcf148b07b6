/** Text normalization before tokenization: steps of a `normalizer` in Hugging Face's tokenizer.json. */
import { badFile } from './errors';
import { Growth } from './growth';
import { normalized } from './normalForm';

/** Normalization step (tokenizers 0.22, `normalizers/mod.rs`). */
export type Normalizer =
  | { type: 'NFC' | 'NFKC' | 'NFD' | 'NFKD' | 'Lowercase' | 'StripAccents' }
  | { type: 'Replace'; pattern: { String: string } | { Regex: string }; content: string };

/** U+0300 to U+036F: diacritics of Latin, Greek and Cyrillic letters. */
export const MARKS = '[\\u0300-\\u036f]+';
export const DIGIT = '\\p{Nd}';
export const NUMBER = '\\p{Nd}+(?:[.,]\\p{Nd}+)*';

/**
 * Pattern for a run of any of these characters, with the same meaning in JavaScript and Oniguruma. Names each
 * character once, because Oniguruma reads && as an operator. Empty for no characters.
 */
export function runOf(characters: string): string {
  const each = [...new Set(characters.replace(/\p{Cs}/gu, ''))];
  return each.length === 0 ? '' : `[${each.join('').replace(/[\\\]^[-]/g, '\\$&')}]+`;
}
const RUN = /^\[((?:\\[\\\]^[-]|[^\\\]^[-])+)\]\+$/u;

/** Normalizes a text at once or in chunks. */
export interface Normalization {
  /** @throws HomegrownError `bad-file` if replacements lengthen the text too much */
  text(text: string): string;
  /** Gives the same result for any chunk boundaries that don't split a code point. */
  chunks(chunks: AsyncIterable<string>): AsyncGenerator<string>;
}

/** @throws HomegrownError `bad-file` naming the first unsupported step */
export function normalization(steps: readonly Normalizer[]): Normalization {
  const each = steps.map(applied);
  const patterns = steps.flatMap((step) => (step.type === 'Replace' ? patternOf(step) : []));
  const cuts = [' ', '\n', '\t', '\r'].filter((space) => !patterns.some((pattern) => isIn(pattern, space)));
  const text = (given: string): string => {
    const growth = new Growth(given.length);
    return each.reduce((so, apply) => apply(so, growth), given);
  };
  return {
    text,
    async *chunks(chunks) {
      // Chunks are cut before white space that no step replaces, so that no step sees across a cut.
      let pending: string[] = [];
      for await (const chunk of chunks) {
        const at = Math.max(...cuts.map((space) => chunk.lastIndexOf(space)));
        if (at < 0) {
          pending.push(chunk);
          continue;
        }
        yield text(pending.join('') + chunk.slice(0, at));
        pending = [chunk.slice(at)];
      }
      yield text(pending.join(''));
    },
  };
}

/**
 * Copies a step with its properties in a fixed order, for storage.
 * @throws HomegrownError `bad-file` for an unsupported step
 */
export function checkedStep(step: Normalizer): Normalizer {
  applied(step);
  if (step.type !== 'Replace') return { type: step.type };
  const { pattern, content } = step;
  return {
    type: 'Replace',
    pattern: 'String' in pattern ? { String: pattern.String } : { Regex: pattern.Regex },
    content,
  };
}

/** Lowercases each character on its own. Only for a word-final Σ does JavaScript's result depend on position (ς). */
export const lowered = (text: string): string => text.replaceAll('Σ', 'σ').toLowerCase();

function applied(step: Normalizer): (text: string, growth: Growth) => string {
  const { type } = step;
  switch (type) {
    case 'NFC':
    case 'NFKC':
    case 'NFD':
    case 'NFKD':
      return (text) => normalized(text, type);
    case 'Lowercase':
      return lowered;
    case 'StripAccents':
      return (text) => text.replace(/\p{M}/gu, '');
    case 'Replace': {
      const pattern = patternOf(step);
      return (text, growth) => growth.replaceAll(text, pattern, step.content);
    }
    default:
      throw unknown(step);
  }
}

/** Allows only our own patterns. JavaScript and Oniguruma may read others differently, and others may take hours. */
function patternOf(step: Extract<Normalizer, { type: 'Replace' }>): string | RegExp {
  const { pattern } = step;
  if ('String' in pattern && pattern.String !== '') return pattern.String;
  if (!('Regex' in pattern)) throw unknown(step);
  const run = RUN.exec(pattern.Regex)?.[1];
  const isKnown = [MARKS, DIGIT, NUMBER].includes(pattern.Regex) || (run !== undefined && !run.includes('&&'));
  if (!isKnown) throw unknown(step);
  return new RegExp(pattern.Regex, 'gu');
}

/** Whether a match may contain the character. */
const isIn = (pattern: string | RegExp, character: string): boolean =>
  typeof pattern === 'string' ? pattern.includes(character) : character.search(pattern) >= 0;

const unknown = (step: unknown): Error =>
  badFile(
    `The tokenizer normalizes text in an unsupported way: ${JSON.stringify(step).slice(0, 200)} (at normalizer).`,
    'Nothing was stored. Supported steps: Unicode normal forms, lowercasing, accent stripping and Homegrown’s own replacements.',
  );
