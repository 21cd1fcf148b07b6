/** How a text is brought into a form before it is cut into tokens: steps of a `normalizer` in Hugging Face's tokenizer.json. */
import { badFile } from './errors';
import { Growth } from './growth';
import { normalized } from './normalForm';

/** One step (tokenizers 0.22, `normalizers/mod.rs`). */
export type Normalizer =
  | { type: 'NFC' | 'NFKC' | 'NFD' | 'NFKD' | 'Lowercase' | 'StripAccents' }
  | { type: 'Replace'; pattern: { String: string } | { Regex: string }; content: string };

/** U+0300 to U+036F: what Latin, Greek and Cyrillic put on letters. */
export const MARKS = '[\\u0300-\\u036f]+';
export const DIGIT = '\\p{Nd}';
export const NUMBER = '\\p{Nd}+(?:[.,]\\p{Nd}+)*';

/**
 * A run of any of these characters, as a pattern that JavaScript and Oniguruma read alike; each is named once, for && would mean
 * something to the latter. Empty where there are none.
 */
export function runOf(characters: string): string {
  const each = [...new Set(characters.replace(/\p{Cs}/gu, ''))];
  return each.length === 0 ? '' : `[${each.join('').replace(/[\\\]^[-]/g, '\\$&')}]+`;
}
const RUN = /^\[((?:\\[\\\]^[-]|[^\\\]^[-])+)\]\+$/u;

/** For a text that is normalized whole or in chunks. */
export interface Normalization {
  /** @throws HomegrownError `bad-file` where replacements multiply the text */
  text(text: string): string;
  /** The same, wherever the chunks end but inside of a code point. */
  chunks(chunks: AsyncIterable<string>): AsyncGenerator<string>;
}

/** @throws HomegrownError `bad-file` naming the first step that is not known here */
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
      // White space that no step takes is the same before and after each: what stands before it and what comes with it do not meet.
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
 * A step as it is kept, in one order of its parts.
 * @throws HomegrownError `bad-file` where it is none that is known here
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

/** Each character for itself: JavaScript makes a capital sigma at a word's end ς. No other depends on its place. */
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

/** Others than these two engines of patterns may read differently, and may take hours. */
function patternOf(step: Extract<Normalizer, { type: 'Replace' }>): string | RegExp {
  const { pattern } = step;
  if ('String' in pattern && pattern.String !== '') return pattern.String;
  if (!('Regex' in pattern)) throw unknown(step);
  const run = RUN.exec(pattern.Regex)?.[1];
  const isKnown = [MARKS, DIGIT, NUMBER].includes(pattern.Regex) || (run !== undefined && !run.includes('&&'));
  if (!isKnown) throw unknown(step);
  return new RegExp(pattern.Regex, 'gu');
}

/** Whether a match may have the character in it. */
const isIn = (pattern: string | RegExp, character: string): boolean =>
  typeof pattern === 'string' ? pattern.includes(character) : character.search(pattern) >= 0;

const unknown = (step: unknown): Error =>
  badFile(
    `The tokenizer normalizes text in an unsupported way: ${JSON.stringify(step).slice(0, 200)} (at normalizer).`,
    'Nothing was stored. Supported steps: Unicode normal forms, lowercasing, accent stripping and Homegrown’s own replacements.',
  );
