/** Reads tokenizer.json, or vocab.json with merges.txt, including those of other programs. */
import { badFile } from '../base/errors';
import { MAX_TOKENIZER_BYTES, listOf, MAX_TOKENIZER_ENTRIES } from '../base/limits';
import type { Normalizer } from '../base/normalizer';
import { normalizersSchema } from '../base/normalizerSchema';
import { counted } from '../base/units';
import { z } from '../base/zod';
import { quoted, readVocabulary, refused } from './readVocabulary';
import { SPLIT_NAMES, type SplitName, SPLITS } from './splits';
import { type AddedToken, type AppliedKind, type TokenizerModel } from './tokenizer';

/** Strings of tokenizer_config.json: names of tokens, and the chat template. */
export type TokenizerConfig = Readonly<Record<string, string>>;

/** Leaves out missing and unreadable entries. */
export function readTokenizerConfig(json: unknown): TokenizerConfig {
  const all = z.record(z.string(), z.unknown()).catch({}).parse(json);
  const names = Object.entries(all).flatMap(([key, value]) => {
    if (!/^[a-z]{1,20}_token$|^chat_template$/.test(key)) return [];
    const text = key === 'chat_template' ? templateIn(value) : tokenText.safeParse(value).data;
    // Stores a template of any length; running it reports the limit.
    const isKept = text !== undefined && (key === 'chat_template' || text.length <= MAX_TOKEN_LENGTH);
    return isKept ? [[key, text] as const] : [];
  });
  return Object.fromEntries(names);
}
/** Maximum code units of a token. */
const MAX_TOKEN_LENGTH = 100_000;

const namedTemplates = z.array(z.object({ name: z.string(), template: z.string() }));

/** Chat template; of several named ones, `default`, which transformers uses without tools. */
function templateIn(value: unknown): string | undefined {
  const { data } = z.union([z.string(), namedTemplates]).safeParse(value);
  return typeof data === 'object' ? data.find(({ name }) => name === DEFAULT)?.template : data;
}
const DEFAULT = 'default';

/**
 * Rejects named chat templates without a default, like transformers.
 * @param json content of tokenizer_config.json
 * @throws HomegrownError `bad-file`
 */
export function checkChatTemplates(json: unknown): void {
  const { data } = z.object({ chat_template: namedTemplates.min(1) }).safeParse(json);
  if (!data || data.chat_template.some(({ name }) => name === DEFAULT)) return;
  const names = data.chat_template.slice(0, MAX_NAMED).map(({ name }) => quoted(name.slice(0, 40)));
  const more = data.chat_template.length > MAX_NAMED ? ' and others' : '';
  throw badFile(
    `tokenizer_config.json has ${counted(data.chat_template.length, 'chat template')}, ${names.join(', ')}${more}, and none is called "default".`,
    'Nothing was imported. Rename the one to use to "default", or save it as chat_template.jinja in the same folder.',
  );
}
const MAX_NAMED = 5;
const tokenText = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);

/**
 * Reads a byte-level BPE tokenizer with a supported split. If its tokens are in our order with our names, it becomes
 * one of ours; any other keeps its ids, split and special tokens.
 * @param vocabulary rows of the model's embedding; by default the number of ids
 * @param isReadFromFirst whether the model itself puts the end of text before every text: `aroundText`
 * @throws HomegrownError `bad-file` naming the unsupported part of the file
 */
export function readTokenizerJson(
  file: Uint8Array,
  config: TokenizerConfig = {},
  vocabulary?: number,
  isReadFromFirst = false,
): TokenizerModel {
  const { model, added_tokens, normalizer, pre_tokenizer, post_processor } = parse(checked(file));
  const split = splitOf(pre_tokenizer);
  const normalizers = normalizersOf(normalizer, split);
  const ids = idsOf(model.vocab);
  for (const { id, content } of added_tokens) {
    if ((ids.get(content) ?? id) !== id) throw refused(`${quoted(content)} has two ids`);
    ids.set(content, id);
  }
  const begin = beginOf(post_processor);
  if (begin !== undefined && !ids.has(begin))
    throw refused(`it starts a text with ${quoted(begin)}, which is not a token`);
  return readVocabulary({
    ids,
    merges: model.merges,
    added: added_tokens.map(({ content: _, ...token }): AddedToken => token),
    names: config,
    split,
    ...(normalizers.length > 0 && { normalizers }),
    ...(model.ignore_merges && { ignoresMerges: true }),
    ...(begin !== undefined && { begin: ids.get(begin)! }),
    isReadFromFirst,
    ...(vocabulary !== undefined && { vocabulary }),
  });
}

/**
 * Like `readTokenizerJson`, but for any kind. Stores WordPiece and Unigram files unchanged; creating the tokenizer
 * checks them.
 * @param config content of tokenizer_config.json, if any
 * @param isReadFromFirst like in `readTokenizerJson`
 */
export function readAnyTokenizerJson(
  file: Uint8Array,
  config: string | undefined,
  rows: number,
  isReadFromFirst = false,
): TokenizerModel {
  const json = checked(file);
  const model: unknown = z.object({ model: z.unknown() }).catch({ model: null }).parse(json).model;
  const kind = appliedKind(model);
  if (kind) return { kind, merges: [], applied: { json: decode(file), ...(config !== undefined && { config }), rows } };
  const names = config === undefined ? {} : readTokenizerConfig(parseJson(config));
  return readTokenizerJson(file, names, rows, isReadFromFirst);
}

/** Kind of a tokenizer.json's `model` if it is WordPiece or Unigram; older files do not state the type. */
function appliedKind(model: unknown): AppliedKind | undefined {
  if (typeof model !== 'object' || model === null) return undefined;
  const { type, vocab, merges } = model as Record<string, unknown>;
  if (type === 'WordPiece') return 'wordpiece';
  if (type === 'Unigram' || (type === undefined && Array.isArray(vocab))) return 'unigram';
  return type === undefined && merges === undefined && 'continuing_subword_prefix' in model ? 'wordpiece' : undefined;
}

/** Like `readTokenizerJson`, for GPT-2's own files, vocab.json and merges.txt. */
export function readGpt2Files(
  vocab: Uint8Array,
  merges: Uint8Array,
  config: TokenizerConfig = {},
  vocabulary?: number,
): TokenizerModel {
  const table = decodeJson(vocab);
  if (typeof table !== 'object' || table === null) throw refused('its vocabulary is not a table');
  // Allows a version line and an empty last line; doesn't split lines beyond the limit.
  const lines = decode(merges).split(/\r?\n/, MAX_TOKENIZER_ENTRIES + 3);
  const rules = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  if (lines.length > MAX_TOKENIZER_ENTRIES + 2 || rules.length > MAX_TOKENIZER_ENTRIES)
    throw refused(`merges.txt has more than ${MAX_TOKENIZER_ENTRIES} lines, the maximum`);
  const given = { ids: idsOf(table), merges: rules, added: [], names: config, split: 'gpt-2' } as const;
  return readVocabulary({ ...given, ...(vocabulary !== undefined && { vocabulary }) });
}

/** @throws HomegrownError `bad-file` for an invalid id */
export function idsOf(vocab: object): Map<string, number> {
  const ids = new Map<string, number>();
  const names = Object.entries(vocab) as [string, unknown][];
  if (names.length > MAX_TOKENIZER_ENTRIES)
    throw refused(`it has ${names.length} tokens; the maximum is ${MAX_TOKENIZER_ENTRIES}`);
  for (const [name, id] of names) {
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > MAX_TOKENIZER_ENTRIES)
      throw refused(`the id of token ${quoted(name)} is not a whole number up to ${MAX_TOKENIZER_ENTRIES}`);
    ids.set(name, id as number);
  }
  return ids;
}

/** Split that a `pre_tokenizer` states; ignores `trim_offsets`, which changes no id. */
function splitOf(preTokenizer: unknown): SplitName {
  const given = comparable(preTokenizer ?? null);
  const found = SPLIT_NAMES.find((name) => comparable(SPLITS[name].json) === given);
  if (found) return found;
  const words = given.includes('"add_prefix_space":true')
    ? 'it puts a space before the text (add_prefix_space)'
    : `its split pattern is not supported: ${given.slice(0, 300)}`;
  throw refused(`${words} (at pre_tokenizer). Supported patterns: ${SPLIT_NAMES.join(', ')}`);
}

/** Normalizers other than those of the split. */
function normalizersOf(normalizer: unknown, split: SplitName): readonly Normalizer[] {
  const always = SPLITS[split].normalizers;
  const given = stepsOf(normalizer);
  const steps = given.length === 0 ? [] : normalizersIn(given);
  if (always.some((step, i) => comparable(step) !== comparable(steps[i] ?? null)))
    throw refused(`it splits like ${split} but lacks its normalizer (at normalizer)`);
  return steps.slice(always.length);
}

/** @throws HomegrownError `bad-file` naming the first unsupported step */
export function normalizersIn(steps: unknown): readonly Normalizer[] {
  const read = normalizersSchema.safeParse(steps);
  if (read.success) return read.data;
  const place = read.error.issues[0]?.path.find((part) => typeof part === 'number');
  const step: unknown = Array.isArray(steps) && place !== undefined ? steps[place] : steps;
  throw refused(`it has an unsupported normalizer: ${comparable(step).slice(0, 200)} (at normalizer)`);
}

function stepsOf(normalizer: unknown, depth = 0): readonly unknown[] {
  if (depth > DEEPEST_PART) throw refused(`its parts are nested more than ${DEEPEST_PART} levels deep (at normalizer)`);
  if (normalizer === null || normalizer === undefined) return [];
  const { success, data } = sequence.safeParse(normalizer);
  return success ? data.normalizers.flatMap((one) => stepsOf(one, depth + 1)) : [normalizer];
}
const sequence = z.object({ type: z.literal('Sequence'), normalizers: z.array(z.unknown()).max(1000) });

/** Canonical form, equal for equivalent settings. */
function comparable(value: unknown): string {
  const plain = (part: unknown, depth = 0): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (depth > DEEPEST_PART) throw refused(`its parts are nested more than ${DEEPEST_PART} levels deep`);
    const inside = (value: unknown): unknown => plain(value, depth + 1);
    if (Array.isArray(part)) return part.map(inside);
    const { trim_offsets: _, ...rest } = part as Record<string, unknown>;
    const whole = rest['type'] === 'ByteLevel' ? { use_regex: true, ...rest } : rest;
    const inner = whole['pretokenizers'];
    if (whole['type'] === 'Sequence' && Array.isArray(inner) && inner.length === 1) return inside(inner[0]);
    return Object.fromEntries(
      Object.entries(whole)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, of]) => [key, inside(of)]),
    );
  };
  return JSON.stringify(plain(value));
}

/**
 * Token before a text; undefined if there is none.
 * @throws HomegrownError `bad-file` if more tokens surround a text
 */
function beginOf(postProcessor: unknown, depth = 0): string | undefined {
  if (depth > DEEPEST_PART)
    throw refused(`its parts are nested more than ${DEEPEST_PART} levels deep (at post_processor)`);
  const { type, processors, single } = processor.catch({ type: '?' }).parse(postProcessor ?? { type: 'ByteLevel' });
  if (type === 'ByteLevel') return undefined;
  if (type === 'Sequence' && processors) {
    const found = processors.flatMap((one) => beginOf(one, depth + 1) ?? []);
    if (found.length < 2) return found[0];
  }
  if (type === 'TemplateProcessing' && single) {
    const [first, ...others] = single.map((part) => part.SpecialToken?.id);
    if (others.length === 0 && first === undefined) return undefined;
    if (others.length === 1 && others[0] === undefined) return first;
  }
  throw refused(`it adds tokens around a text in an unsupported way (${type}, at post_processor)`);
}
/** Maximum nesting of a file's parts, such as sequences of rules. */
const DEEPEST_PART = 16;
const processor = z.object({
  type: z.string().max(100),
  processors: z.array(z.unknown()).max(10).optional(),
  single: z
    .array(z.object({ SpecialToken: z.object({ id: z.string() }).optional() }))
    .max(10)
    .optional(),
});

const unused = (message: string) => z.union([z.null(), z.literal('')], message).optional();
const flag = z.boolean().default(false);
const layout = z.object({
  added_tokens: listOf(
    z.object({
      id: z.int().nonnegative().max(MAX_TOKENIZER_ENTRIES),
      content: z.string().min(1, 'it has a special token without a text'),
      special: z.boolean().default(true),
      single_word: flag,
      lstrip: flag,
      rstrip: flag,
      normalized: flag,
    }),
    MAX_TOKENIZER_ENTRIES,
  ).default([]),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  model: z.object({
    type: z.literal('BPE', 'its model is not BPE').default('BPE'), // older files do not say
    unk_token: unused('it has an unknown token'),
    continuing_subword_prefix: unused('it marks continuing subwords'),
    end_of_word_suffix: unused('it marks ends of words'),
    byte_fallback: z.literal(false, 'it falls back to byte tokens').optional(),
    ignore_merges: z.boolean().optional(),
    // Not a z.record, which would drop `__proto__`.
    vocab: z.custom<object>((value) => typeof value === 'object' && value !== null, 'its vocabulary is not a table'),
    merges: listOf(z.unknown(), MAX_TOKENIZER_ENTRIES),
  }),
});

function checked(file: Uint8Array): unknown {
  if (file.length > MAX_TOKENIZER_BYTES)
    throw refused(`it has ${file.length} bytes; the maximum is ${MAX_TOKENIZER_BYTES}`);
  return decodeJson(file);
}

function parse(json: unknown): z.infer<typeof layout> {
  const result = layout.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(`${issue?.message ?? 'its layout is unknown'} (at ${issue?.path.join('.') ?? 'the top level'})`);
}

function decode(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw refused('it is not JSON in UTF-8');
  }
}
const decodeJson = (file: Uint8Array): unknown => parseJson(decode(file));

/** @throws HomegrownError `bad-file` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused(`it is not JSON in UTF-8 (${error.message})`);
  }
}
