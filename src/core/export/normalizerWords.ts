import { DIGIT, MARKS, type Normalizer, NUMBER } from '../base/normalizer';
import { quoted } from '../tokenizer/readVocabulary';

/** Describes a tokenizer's normalization before it splits text: `Unicode form NFKC, lower case, no accents`. */
export const normalizerWords = (steps: readonly Normalizer[]): string =>
  steps.flatMap((step, i) => wordsOf(step, steps[i - 1], steps[i + 1]) ?? []).join(', ');

function wordsOf(step: Normalizer, before?: Normalizer, after?: Normalizer): string | undefined {
  switch (step.type) {
    case 'Lowercase':
      return 'lowercase';
    case 'StripAccents':
      return 'no accents';
    case 'Replace': {
      if (isMarks(step)) return 'no accents';
      // Part of lowercasing.
      if ('String' in step.pattern && step.pattern.String === 'Σ' && step.content === 'σ') return undefined;
      const what = 'String' in step.pattern ? quoted(step.pattern.String) : patternWords(step.pattern.Regex);
      return step.content === '' ? `without ${what}` : `${what} as ${quoted(step.content)}`;
    }
    // Around accent removal, these steps only decompose and recompose letters.
    case 'NFD':
      return after && isMarks(after) ? undefined : 'Unicode form NFD';
    case 'NFC':
      return before && isMarks(before) ? undefined : 'Unicode form NFC';
    case 'NFKC':
    case 'NFKD':
      return `Unicode form ${step.type}`;
  }
}
const patternWords = (pattern: string): string =>
  pattern === DIGIT ? 'every digit' : pattern === NUMBER ? 'numbers' : `what is in ${quoted(pattern.slice(0, -1))}`;
const isMarks = (step: Normalizer): boolean =>
  step.type === 'Replace' && 'Regex' in step.pattern && step.pattern.Regex === MARKS;
