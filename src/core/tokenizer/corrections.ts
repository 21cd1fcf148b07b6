/** Corrects @huggingface/tokenizers 0.2.0 where it differs from the crate `tokenizers`, the reference. */
import {
  BertNormalizer,
  BertPreTokenizer,
  LowercaseNormalizer,
  NFCNormalizer,
  NFDNormalizer,
  NFKCNormalizer,
  NFKDNormalizer,
  type Normalizer,
  PrecompiledNormalizer,
  ReplaceNormalizer,
  SequenceNormalizer,
  SequencePreTokenizer,
  type Tokenizer,
  WhitespaceSplitPreTokenizer,
} from '@huggingface/tokenizers';
import { Growth } from '../base/growth';
import { normalized } from '../base/normalForm';
import { charsmap } from './charsmap';

/**
 * @param charsmaps compiled normalization rules, in the order of the tokenizer's normalizers
 * @returns function that normalizes a text; throws HomegrownError `bad-file` if replacements multiply the text
 */
export function correct(
  { normalizer, pre_tokenizer: preTokenizer }: Tokenizer,
  charsmaps: readonly string[],
): (text: string) => string {
  let growth = new Growth(0);
  const rules = [...charsmaps];
  for (const part of normalizer instanceof SequenceNormalizer ? normalizer.normalizers : [normalizer]) {
    // The library always applies NFKC instead of the compiled rules.
    if (part instanceof PrecompiledNormalizer) part.normalize = charsmap(rules.shift()!, (text) => growth.add(text));
    // The library interprets `$` in a replacement.
    if (part instanceof ReplaceNormalizer) {
      const { pattern, config } = part;
      part.normalize = (text) => (pattern ? growth.replaceAll(text, pattern, config.content) : text);
    }
    if (isOfForm(part)) part.normalize = (text) => normalized(text, part.form);
    // The library checks code units, not code points.
    if (part instanceof BertNormalizer)
      Object.assign(part, { tokenize_chinese_chars: (text: string) => text.replace(IDEOGRAPH, ' $& ') });
    if (part instanceof LowercaseNormalizer || (part instanceof BertNormalizer && isLowerCased(part.config)))
      lowerSigmas(part);
  }
  const splits = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.tokenizers : [preTokenizer];
  for (const part of splits) {
    // The library uses JavaScript's whitespace, which differs at U+0085 and U+FEFF.
    if (part instanceof WhitespaceSplitPreTokenizer) part.pre_tokenize_text = (text) => text.match(WORD) ?? [];
    if (part instanceof BertPreTokenizer) part.pre_tokenize_text = (text) => text.match(BERT_WORD) ?? [];
  }
  return (text) => {
    growth = new Growth(text.length);
    return normalizer ? normalizer.normalize(text) : text;
  };
}
const FORMS = [NFCNormalizer, NFDNormalizer, NFKCNormalizer, NFKDNormalizer];
const isOfForm = (part: Normalizer | null): part is NFCNormalizer => FORMS.some((form) => part instanceof form);

const isLowerCased = (config: object): boolean => 'lowercase' in config && config.lowercase === true;

/** JavaScript lowercases Σ at a word's end to ς, but the crate to σ. No other letter depends on its position. */
function lowerSigmas(part: Normalizer): void {
  const normalize = part.normalize.bind(part);
  part.normalize = (text) => normalize(text.replaceAll('Σ', 'σ'));
}

/** Ideographs of BERT's own code, except U+2B820 to U+2B91F, which the crate leaves out. */
const IDEOGRAPH =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
const WORD = /\P{White_Space}+/gu;
/** Words and punctuation: Unicode's, and all ASCII that is neither a letter, a number nor a space. */
const BERT_WORD = /[^\p{White_Space}\p{P}!-/:-@[-`{-~]+|[\p{P}!-/:-@[-`{-~]/gu;
