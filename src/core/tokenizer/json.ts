import type { Json } from '../base/blobStore';
import type { Normalizer } from '../base/normalizer';
import { spellings } from './alphabet';
import { END_OF_TEXT, type SpecialToken, TOKEN_ROLES } from './special';
import { SPLITS } from './splits';
import type { Tokenizer } from './tokenizer';

/**
 * Writes Hugging Face's tokenizer.json (`tokenizers` 0.20 and up, transformers.js, llama.cpp's converter). Those
 * programs encode a special token's spelling in a prompt as that token, unless `split_special_tokens` is set. Here no
 * text does: special tokens are requested by role.
 * @param begin id of the token before every text; by default the imported tokenizer's own
 */
export function writeTokenizerJson(tokenizer: Tokenizer, begin = tokenizer.model.elsewhere?.begin): string {
  const { elsewhere, merges, applied, normalizers = [] } = tokenizer.model;
  const split = SPLITS[elsewhere?.split ?? 'gpt-2'];
  if (applied) return applied.json;
  const names = spellings(tokenizer);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const added = elsewhere
    ? elsewhere.added.map(({ id, role: _, ...own }) => ({ id, content: names[id]!, ...own }))
    : tokenizer.special.map(({ id, text }) => ({ id, content: text, ...flags }));
  return JSON.stringify(
    {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: normalizerOf([...split.normalizers, ...normalizers]),
      pre_tokenizer: split.json,
      post_processor: begin === undefined ? BYTE_LEVEL : beginningWith(names[begin]!, begin),
      decoder: { ...BYTE_LEVEL, trim_offsets: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: elsewhere?.ignoresMerges === true,
        vocab: Object.fromEntries(names.flatMap((name, id) => (name === '' ? [] : [[name, id]]))),
        merges: merges.map(([left, right]) => `${names[left]!} ${names[right]!}`),
      },
    },
    null,
    1,
  );
}
function normalizerOf(steps: readonly Normalizer[]): Json {
  return steps.length > 1 ? { type: 'Sequence', normalizers: steps } : (steps[0] ?? null);
}
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true };

/** Post-processor like Llama 3's: adds a token before a text, and before a second one. */
function beginningWith(token: string, begin: number): Json {
  const part = (sequence: string, type_id: number): Json[] => [
    { SpecialToken: { id: token, type_id } },
    { Sequence: { id: sequence, type_id } },
  ];
  const template = {
    type: 'TemplateProcessing',
    single: part('A', 0),
    pair: [...part('A', 0), ...part('B', 1)],
    special_tokens: { [token]: { id: token, ids: [begin], tokens: [token] } },
  };
  return { type: 'Sequence', processors: [BYTE_LEVEL, template] };
}

/** Entries of tokenizer_config.json for the tokens and the chat template of a byte-level tokenizer. */
export function tokenizerNames({ model, special }: Tokenizer): Record<string, string | string[]> {
  const { elsewhere, chatTemplate } = model;
  if (!elsewhere) return { ...specialNames(special), ...(chatTemplate && { chat_template: chatTemplate }) };
  const { names, added, spellings } = elsewhere;
  const named = new Set(Object.values(names));
  const others = added.flatMap(({ id, special }) => (special && !named.has(spellings[id]!) ? [spellings[id]!] : []));
  return { ...names, ...(others.length > 0 && { additional_special_tokens: others }) };
}

/** Entries of tokenizer_config.json for special tokens of a tokenizer trained here. */
export function specialNames(special: readonly SpecialToken[]): Record<string, string | string[]> {
  const keyed = special.flatMap(({ role, text }) => {
    const key = role && TOKEN_ROLES[role].tokenizerConfig;
    return key === undefined ? [] : [[key, text] as const];
  });
  const others = special.filter(({ role }) => role && TOKEN_ROLES[role].tokenizerConfig === undefined);
  return {
    // Defaults for roles without a token of their own.
    bos_token: END_OF_TEXT,
    eos_token: END_OF_TEXT,
    unk_token: END_OF_TEXT,
    pad_token: END_OF_TEXT,
    ...Object.fromEntries(keyed),
    ...(others.length > 0 && { additional_special_tokens: others.map(({ text }) => text) }),
  };
}
