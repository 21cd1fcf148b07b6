/** Reads WordPiece and Unigram tokenizer.json files, as far as @huggingface/tokenizers applies them correctly. */
import { listOf, MAX_TOKENIZER_ENTRIES } from '../base/limits';
import { z } from '../base/zod';
import { idsOf, parseJson, readTokenizerConfig, type TokenizerConfig } from './readJson';
import { quoted, refused, rolesOf } from './readVocabulary';
import type { SpecialToken } from './special';
import type { AppliedFiles, AppliedKind } from './tokenizer';

/** Parts of a WordPiece or Unigram tokenizer. */
export interface Applied {
  /** Library input without added tokens and post-processing; no text matches its special tokens. */
  library: object;
  names: TokenizerConfig;
  /** [id] -> the token's spelling; empty if there is none. */
  spellings: readonly string[];
  /** In order of id, including the unknown token. */
  special: readonly SpecialToken[];
  /** Id of the unknown token. */
  unknown: number;
  /** Id of the token before every text. */
  begin?: number;
  /** Whether each `▁` begins a piece that no token crosses. */
  isSplitAtSpaces: boolean;
  /** Compiled normalization rules, in order of use. */
  charsmaps: readonly string[];
  /** Whether decoding keeps a text's first space. */
  keepsFirstSpace: boolean;
}

/** @throws HomegrownError `bad-file` naming the first unsupported part */
export function readApplied(kind: AppliedKind, { json, config, rows }: AppliedFiles): Applied {
  const result = layoutOf(kind).safeParse(parseJson(json));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refused(`${issue?.message ?? 'its layout is unknown'} (at ${issue?.path.join('.') ?? 'the top level'})`);
  }
  const { model, added_tokens: added, normalizer, pre_tokenizer, decoder, post_processor } = result.data;
  const names = config === undefined ? {} : readTokenizerConfig(parseJson(config));
  const ids = vocabularyOf(model);
  const texts = new Map([...ids].map(([text, id]) => [id, text]));
  if (texts.size !== ids.size) throw refused('two of its tokens share an id');
  for (const { id, content } of added) {
    if ((ids.get(content) ?? id) !== id || (texts.get(id) ?? content) !== content)
      throw refused(`${quoted(content)} has two ids, or shares one`);
    ids.set(content, id);
    texts.set(id, content);
  }
  const spellings = Array.from({ length: rows }, () => '');
  for (const [text, id] of ids) {
    if (id >= rows) throw refused(`it has a token ${id}, but the model has only ${rows} rows of embeddings`);
    spellings[id] = text;
  }
  const unknown = model.type === 'Unigram' ? model.unk_id : ids.get(model.unk_token);
  if (unknown === undefined || spellings[unknown] === undefined || spellings[unknown] === '')
    throw refused('it has no unknown token (at model)');
  const isSpecial = new Set([...added.map(({ id }) => id), unknown]);
  const known = new Set([...ids.values()].filter((id) => !isSpecial.has(id)));
  const roles = rolesOf({ ids, names }, known);
  const special = [...isSpecial]
    .sort((a, b) => a - b)
    .map((id): SpecialToken => {
      const role = roles.get(spellings[id]!);
      return { text: spellings[id]!, id, ...(role && { role }) };
    });
  if (!special.some(({ role }) => role === 'end' || role === 'separator')) throw refused('it has no end of text token');
  const rules = normalizersOf(normalizer);
  const splits = preTokenizersOf(pre_tokenizer);
  const first = beginOf(post_processor);
  if (first !== undefined && !ids.has(first))
    throw refused(`it starts a text with ${quoted(first)}, which is not a token`);
  return {
    library: {
      added_tokens: [],
      normalizer: normalizer ?? null,
      pre_tokenizer: plainSpaces(pre_tokenizer),
      post_processor: null,
      decoder,
      model: unmatched(model, isSpecial),
    },
    names,
    spellings,
    special,
    unknown,
    ...(first !== undefined && { begin: ids.get(first)! }),
    isSplitAtSpaces: splits.some((part) => part.type === 'Metaspace' && part.split !== false),
    charsmaps: rules.flatMap((part) => (part.type === 'Precompiled' ? [part.precompiled_charsmap] : [])),
    keepsFirstSpace: decoder.type === 'Metaspace' && schemeOf(decoder) === 'never',
  };
}

/** Spelling with a lone surrogate, which valid text never contains, so it never matches. */
const unmatchable = (id: number): string => `\udc00${id}`;

function unmatched(model: Model, isSpecial: ReadonlySet<number>): object {
  if (model.type === 'Unigram') {
    const vocab = model.vocab.map(([text, score], id) => [isSpecial.has(id) ? unmatchable(id) : text, score]);
    return { ...model, vocab };
  }
  const entries = Object.entries(model.vocab as Record<string, number>);
  const vocab = Object.fromEntries(entries.map(([text, id]) => [isSpecial.has(id) ? unmatchable(id) : text, id]));
  return { ...model, vocab, unk_token: unmatchable(vocabularyOf(model).get(model.unk_token)!) };
}

function vocabularyOf(model: Model): Map<string, number> {
  if (Object.keys(model.vocab).length === 0) throw refused('its vocabulary is empty');
  if (model.type === 'WordPiece') return idsOf(model.vocab);
  const ids = new Map(model.vocab.map(([text], id) => [text, id]));
  if (ids.size !== model.vocab.length) throw refused('two of its tokens have the same text');
  return ids;
}

const METASPACE = {
  type: z.literal('Metaspace'),
  replacement: z.literal('▁', 'it doesn’t write a space as ▁').default('▁'),
  prepend_scheme: z.enum(['always', 'first', 'never']).optional(),
  add_prefix_space: z.boolean().optional(),
  split: z.boolean().optional(),
};
const metaspace = z.object(METASPACE);
type Metaspace = z.infer<typeof metaspace>;
const schemeOf = ({ prepend_scheme, add_prefix_space }: Metaspace): 'always' | 'first' | 'never' =>
  prepend_scheme ?? (add_prefix_space === false ? 'never' : 'always');

const bare = <T extends string>(type: T) => z.object({ type: z.literal(type) });
/** Rules that depend on neighboring characters can't be applied by segment. */
const PATTERNS = [' {2,}', '\\s+', '\n', '\\n', '[\\r\\n\\t]'];
const normalizers = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean(),
    handle_chinese_chars: z.boolean(),
    strip_accents: z.boolean().nullish(),
    lowercase: z.boolean(),
  }),
  z.object({ type: z.literal('Precompiled'), precompiled_charsmap: z.string() }),
  z.object({
    type: z.literal('Replace'),
    pattern: z.union(
      [
        z.strictObject({ String: z.string().min(1) }),
        z.strictObject({ Regex: z.custom<string>((value) => PATTERNS.some((pattern) => pattern === value)) }),
      ],
      'it replaces text by an unsupported pattern',
    ),
    content: z.string().max(100),
  }),
  z.object({ type: z.literal('Strip'), strip_left: z.boolean(), strip_right: z.boolean() }),
  bare('NFC'),
  bare('NFD'),
  bare('NFKC'),
  bare('NFKD'),
  bare('StripAccents'),
  bare('Lowercase'),
]);
const preTokenizers = z.discriminatedUnion('type', [metaspace, bare('BertPreTokenizer'), bare('WhitespaceSplit')]);
const decoders = z.discriminatedUnion(
  'type',
  [metaspace, z.object({ type: z.literal('WordPiece'), prefix: z.string().max(100), cleanup: z.boolean() })],
  { error: 'its decoder is neither WordPiece nor Metaspace' },
);

function normalizersOf(normalizer: unknown): readonly z.infer<typeof normalizers>[] {
  const parts = partsOf(normalizer, 'normalizers').map((part) => known(normalizers, part, 'normalizer'));
  const strip = parts.findIndex((part) => part.type === 'Strip' && part.strip_left);
  if (strip > 0 && parts.slice(0, strip).some(({ type }) => type === 'Replace'))
    throw refused('it replaces text before it strips leading whitespace (at normalizer)');
  return parts;
}

function preTokenizersOf(preTokenizer: unknown): readonly z.infer<typeof preTokenizers>[] {
  const parts = partsOf(preTokenizer, 'pretokenizers').map((part) => known(preTokenizers, part, 'pre_tokenizer'));
  const at = parts.findIndex(({ type }) => type === 'Metaspace');
  if (parts.length === 0) throw refused('it does not split text into words (at pre_tokenizer)');
  const own = parts[at];
  if (at > 0 && own?.type === 'Metaspace' && schemeOf(own) === 'first')
    throw refused('it adds a space before the first of several words (at pre_tokenizer)');
  return parts;
}

function partsOf(value: unknown, key: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  const { success, data } = z.looseObject({ type: z.literal('Sequence') }).safeParse(value);
  if (!success) return [value];
  const parts = listOf(z.unknown(), 20).safeParse(data[key]);
  if (!parts.success) throw refused(`its sequence has no list of at most 20 (at ${key})`);
  return parts.data;
}

function known<T extends z.ZodType>(schema: T, part: unknown, where: string): z.infer<T> {
  const { success, data, error } = schema.safeParse(part);
  if (success) return data;
  const { type } = z
    .object({ type: z.string().max(100) })
    .catch({ type: '?' })
    .parse(part);
  const [issue] = error.issues;
  const isUnknown = issue?.path[0] === 'type';
  throw refused(
    isUnknown
      ? `${quoted(type)} is not supported (at ${where})`
      : `${issue?.message ?? 'its layout is unknown'} (${type}, at ${where})`,
  );
}

/** Sets `prepend_scheme`, the only field that the library reads. */
function plainSpaces(value: unknown): unknown {
  const { success, data } = z.looseObject({ type: z.string() }).safeParse(value);
  if (!success) return null;
  if (data.type === 'Sequence') return { ...data, pretokenizers: partsOf(value, 'pretokenizers').map(plainSpaces) };
  if (data.type !== 'Metaspace') return data;
  const own = metaspace.parse(data);
  return { ...own, prepend_scheme: schemeOf(own) };
}

/** Token before a text, such as BERT's [CLS]. Tokens after a text depend on the training objective. */
function beginOf(postProcessor: unknown): string | undefined {
  const { success, data } = processor.safeParse(postProcessor ?? { type: 'none' });
  if (!success) throw refused('it adds tokens around a text in an unsupported way (at post_processor)');
  switch (data.type) {
    case 'none':
      return undefined;
    case 'TemplateProcessing':
      return data.single[0]?.SpecialToken?.id;
    case 'BertProcessing':
    case 'RobertaProcessing':
      return data.cls[0];
  }
}
const around = { cls: z.tuple([z.string(), z.number()]), sep: z.tuple([z.string(), z.number()]) };
const processor = z.discriminatedUnion('type', [
  bare('none'),
  z.object({
    type: z.literal('TemplateProcessing'),
    single: z.array(z.object({ SpecialToken: z.object({ id: z.string() }).optional() })).max(10),
  }),
  z.object({ type: z.literal('BertProcessing'), ...around }),
  z.object({ type: z.literal('RobertaProcessing'), ...around }),
]);

const models = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.string().max(100),
    max_input_chars_per_word: z.int().positive().max(10_000),
    vocab: z.custom<object>((value) => typeof value === 'object' && value !== null, 'its vocabulary is not a table'),
  }),
  z.object({
    type: z.literal('Unigram'),
    unk_id: z.int().nonnegative(),
    byte_fallback: z.literal(false, 'it falls back to byte tokens').optional(),
    vocab: listOf(z.tuple([z.string(), z.number()]), MAX_TOKENIZER_ENTRIES, isPiece),
  }),
]);
type Model = z.infer<typeof models>;
function isPiece(value: unknown): value is [string, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isFinite(value[1]);
}
const TYPES = { wordpiece: 'WordPiece', unigram: 'Unigram' } as const;
const layoutOf = (kind: AppliedKind) =>
  z.object({
    added_tokens: listOf(
      z.object({ id: z.int().nonnegative().max(MAX_TOKENIZER_ENTRIES), content: z.string().min(1) }),
      MAX_TOKENIZER_ENTRIES,
    ).default([]),
    normalizer: z.unknown().optional(),
    pre_tokenizer: z.unknown().optional(),
    post_processor: z.unknown().optional(),
    decoder: decoders,
    // Older files do not state the type.
    model: z.preprocess((model) => ({ ...(model as object), type: TYPES[kind] }), models),
  });
