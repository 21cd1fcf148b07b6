import { CHARACTER_OF_BYTE } from '../core/tokenizer/alphabet';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

/** One token per byte, with a start token before every text, as in CodeT5. */
export function beginningTokenizer(): Promise<Tokenizer> {
  const spellings = [...CHARACTER_OF_BYTE, '<s>', '</s>', '<pad>', '<extra_id_0>'];
  const flags = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  return createTokenizer({
    kind: 'bpe',
    merges: [],
    elsewhere: {
      split: 'gpt-2',
      spellings,
      added: [
        { id: BEGIN, ...flags },
        { id: END, role: 'end', ...flags },
        { id: 258, role: 'padding', ...flags },
        { id: 259, role: 'sentinel', ...flags },
      ],
      names: { bos_token: '<s>', eos_token: '</s>' },
      begin: BEGIN,
    },
  });
}
/** Ids of the start and end tokens around a text. */
export const [BEGIN, END] = [256, 257];
