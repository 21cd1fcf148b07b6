/** Chat templates like those of well-known models, in our own words, and small tokenizers with their special tokens. */
import { readdirSync, readFileSync } from 'node:fs';
import { unwatched } from '../core/base/job';
import { spellings } from '../core/tokenizer/alphabet';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { Normalizer } from '../core/base/normalizer';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { trainTokenizer } from '../core/tokenizer/train';
import { documentOf } from './texts';

const FOLDER = new URL('chatTemplates/', import.meta.url);
/** Template sources, by name. */
export const CHAT_TEMPLATES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [file.replace('.jinja', ''), readFileSync(new URL(file, FOLDER), 'utf8')]),
);

const TEXT = 'User: who is there? Assistant: a friend, who is the assistant of the user.\n\nA friend is there. '.repeat(
  3,
);
const trainBpe = (normalizers: readonly Normalizer[], roles: readonly ('end' | 'system' | 'user' | 'assistant')[]) =>
  trainTokenizer({ kind: 'bpe', vocabulary: 320, roles, normalizers }, [documentOf(TEXT)], unwatched);

/** Our tokenizer, with special tokens for turns. */
export const turnsTokenizer = async (...normalizers: readonly Normalizer[]): Promise<Tokenizer> =>
  createTokenizer(await trainBpe(normalizers, ['end', 'system', 'user', 'assistant']));

/** An external tokenizer with these special tokens. */
export async function specialTokenizer(
  texts: readonly string[],
  names: Readonly<Record<string, string>> = {},
  flags: { lstrip?: boolean; rstrip?: boolean } = {},
): Promise<Tokenizer> {
  const trainedModel = await trainBpe([], ['end']);
  const trainedSpellings = spellings(await createTokenizer(trainedModel)).slice(0, -1);
  const flagsOfSpecial = {
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    ...flags,
  };
  const added = texts.map((_, i) => ({
    id: trainedSpellings.length + i,
    ...flagsOfSpecial,
    ...(i === 0 && { role: 'end' as const }),
  }));
  const elsewhere = { split: 'gpt-2', spellings: [...trainedSpellings, ...texts], added, names } as const;
  return createTokenizer({ kind: 'bpe', merges: trainedModel.merges, elsewhere });
}

/** All special tokens that the templates write; the first is the end of text. */
export const ALL_SPECIAL = [
  '<|endoftext|>',
  ...['<|im_start|>', '<|im_end|>', '<|begin_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
  ...['<|system|>', '<|user|>', '<|assistant|>', '<start_of_turn>', '<end_of_turn>'],
];
export const NAMES = { bos_token: '<|begin_of_text|>', eos_token: '<|endoftext|>' };
/** A tokenizer for every template here. */
export const everyTokenizer = (): Promise<Tokenizer> => specialTokenizer(ALL_SPECIAL, NAMES);
