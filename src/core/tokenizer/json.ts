import { z } from '../base/zod';
import { badFile } from '../base/errors';
import { LARGEST_TOKENIZER, listOf, MOST_TOKENS } from '../base/limits';
import { BYTE_OF_ID, CHARACTER_OF_BYTE, spellings } from './alphabet';
import {
  END_OF_TEXT,
  ROLES,
  type SpecialToken,
  specialTokens,
  TOKEN_ROLES,
  type TokenRole,
  usualRole,
} from './special';
import type { Tokenizer, TokenizerKind, TokenizerModel } from './tokenizer';

/**
 * Hugging Face's tokenizer.json (`tokenizers` 0.20 and up, transformers.js, llama.cpp's converter). What reads it takes the
 * text of a special token for that token, wherever it stands, unless told otherwise (`split_special_tokens`): there whoever
 * writes a prompt can write such tokens. Here a text never can: who asks for one asks by its role.
 */
export function writeTokenizerJson(tokenizer: Tokenizer): string {
  const names = spellings(tokenizer);
  const byteLevel = (add_prefix_space: boolean, trim_offsets: boolean) => ({
    type: 'ByteLevel',
    add_prefix_space,
    trim_offsets,
    use_regex: true,
  });
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return JSON.stringify(
    {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: tokenizer.special.map(({ id, text }) => ({ id, content: text, ...flags })),
      normalizer: null,
      pre_tokenizer: byteLevel(false, true),
      post_processor: byteLevel(true, false),
      decoder: byteLevel(true, true),
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(names.map((name, id) => [name, id])),
        merges: tokenizer.model.merges.map(([left, right]) => `${names[left]!} ${names[right]!}`),
      },
    },
    null,
    1,
  );
}

/** What tokenizer_config.json says of special tokens. */
export function specialNames(special: readonly SpecialToken[]): Record<string, string | string[]> {
  const keyed = special.flatMap(({ role, text }) => {
    const key = TOKEN_ROLES[role].tokenizerConfig;
    return key === undefined ? [] : [[key, text] as const];
  });
  const others = special.filter(({ role }) => TOKEN_ROLES[role].tokenizerConfig === undefined);
  return {
    // What a tokenizer has no token of its own for.
    bos_token: END_OF_TEXT,
    eos_token: END_OF_TEXT,
    unk_token: END_OF_TEXT,
    pad_token: END_OF_TEXT,
    ...Object.fromEntries(keyed),
    ...(others.length > 0 && { additional_special_tokens: others.map(({ text }) => text) }),
  };
}

/** Roles of special tokens by their texts in a file. */
export type NamedRoles = ReadonlyMap<string, TokenRole>;

/** The same, read; what is not said, or cannot be read, has no role. */
export function namedRoles(config: unknown): NamedRoles {
  const names = z.record(z.string(), z.unknown()).catch({}).parse(config);
  const roles = new Map<string, TokenRole>();
  for (const role of ROLES) {
    const key = TOKEN_ROLES[role].tokenizerConfig;
    const text = key && tokenText.safeParse(names[key]).data;
    // One token may have several keys; that it ends a text comes first.
    if (text !== undefined && !roles.has(text)) roles.set(text, role);
  }
  return roles;
}
const tokenText = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);

/** A tokenizer in our order. `ids`: [our id] -> id in the file. */
export interface ReadTokenizer {
  model: TokenizerModel;
  ids: Uint32Array;
}

/**
 * Reads a byte-level BPE tokenizer.json that splits text as GPT-2's does, and whose tokens are the 256 bytes, what its
 * merges make, and special ones that have a role here, among them one that ends a text. Their ids may be in any order.
 * @param roles by the texts of special tokens, as tokenizer_config.json has them; others have the role that is usual
 * @throws HomegrownError `bad-file` saying which part of the file asks for something else
 */
export function readTokenizerJson(file: Uint8Array, roles: NamedRoles = new Map()): ReadTokenizer {
  const { model, added_tokens } = parse(file);
  const ids = idsOf(model.vocab);
  for (const { id, content } of added_tokens) {
    if ((ids.get(content) ?? id) !== id) throw refused(`${quoted(content)} has two ids`);
    ids.set(content, id);
  }
  const added = added_tokens.map(({ content }) => content);
  return inOurOrder(ids, model.merges, added, roles);
}

/** The same of vocab.json and merges.txt, which are GPT-2's own files. */
export function readGpt2Files(vocab: Uint8Array, merges: Uint8Array, roles: NamedRoles = new Map()): ReadTokenizer {
  const table = decodeJson(vocab);
  if (typeof table !== 'object' || table === null) throw refused('its vocabulary is not a table');
  // With a first line for the version and an empty last one; those beyond are not even split.
  const lines = decode(merges).split(/\r?\n/, MOST_TOKENS + 3);
  const rules = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  if (lines.length > MOST_TOKENS + 2 || rules.length > MOST_TOKENS)
    throw refused(`merges.txt has more than ${MOST_TOKENS} lines, which are the most that are read`);
  return inOurOrder(idsOf(table), rules, [], roles);
}

function idsOf(vocab: object): Map<string, number> {
  const ids = new Map<string, number>();
  const names = Object.entries(vocab) as [string, unknown][];
  if (names.length > MOST_TOKENS) throw refused(`it has ${names.length} tokens, and at most ${MOST_TOKENS} are read`);
  for (const [name, id] of names) {
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) > MOST_TOKENS)
      throw refused(`the id of token ${quoted(name)} is not a whole number up to ${MOST_TOKENS}`);
    ids.set(name, id as number);
  }
  return ids;
}

function inOurOrder(
  theirs: ReadonlyMap<string, number>,
  merges: readonly unknown[],
  added: readonly string[],
  named: NamedRoles,
): ReadTokenizer {
  const names: string[] = Array.from(BYTE_OF_ID, (byte) => CHARACTER_OF_BYTE[byte]!);
  const missing = names.flatMap((name, id) => (theirs.has(name) ? [] : [BYTE_OF_ID[id]!]));
  if (missing.length > 0) throw refused(`it has no token for byte ${missing.slice(0, 20).join(', ')}`);
  const ours = new Map(names.map((name, id) => [name, id]));
  const pairs = merges.map((merge, i): [number, number] => {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ', 3) : merge;
    const [left, right, ...more] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof left !== 'string' || typeof right !== 'string' || more.length > 0 || left === '' || right === '')
      throw refused(`merge ${i + 1} is not a pair of tokens`);
    const [a, b] = [ours.get(left), ours.get(right)];
    if (a === undefined || b === undefined) {
      throw refused(`merge ${i + 1} joins ${quoted(left)} and ${quoted(right)}, and one of them is not made yet`);
    }
    const made = left + right;
    if (!theirs.has(made)) throw refused(`merge ${i + 1} makes ${quoted(made)}, which is no token`);
    if (ours.has(made)) throw refused(`merge ${i + 1} makes ${quoted(made)}, which is made before`);
    ours.set(made, names.length);
    names.push(made);
    return [a, b];
  });
  const twofold = added.find((name) => ours.has(name));
  if (twofold !== undefined)
    throw refused(`${quoted(twofold)} is a special token, and a byte or what its merges make too`);
  const others = [...theirs].flatMap(([text, id]) => (ours.has(text) ? [] : [{ text, id }]));
  const special = inOrderOfRoles(others, named, `besides 256 bytes and ${merges.length} merges`);
  const roles = special.map(({ role }) => role);
  const spelt = specialTokens(roles, names.length).find(({ text }) => ours.has(text));
  if (spelt)
    throw refused(`its merges make ${quoted(spelt.text)}, which is what the ${spelt.role} token is called here`);
  const ids = Uint32Array.from([...names.map((name) => theirs.get(name)!), ...special.map(({ id }) => id)]);
  const seen = new Set<number>();
  for (const id of ids) {
    if (seen.has(id)) throw refused(`two of its tokens have the id ${id}`);
    seen.add(id);
  }
  return { model: { kind: kindOf(pairs), merges: pairs, ...(roles.length > 1 && { roles }) }, ids };
}

function inOrderOfRoles(
  tokens: readonly { text: string; id: number }[],
  named: NamedRoles,
  besides: string,
): readonly { role: TokenRole; id: number }[] {
  const listed = `${besides} it has ${tokens.length} tokens (${tokens
    .slice(0, 20)
    .map(({ text }) => quoted(text))
    .join(', ')})`;
  const special = tokens.map(({ text, id }) => {
    const usual = usualRole(text);
    const role = named.get(text);
    // One that is alone is what ends a text, whatever else it is used for.
    const found = role === undefined || (tokens.length === 1 && usual?.role === 'end') ? usual : { role };
    if (!found) throw refused(`${listed}, and ${quoted(text)} has no role here (${ROLES.join(', ')})`);
    return { id, number: 0, ...found };
  });
  const ordered = ROLES.flatMap((role) => {
    const some = special.filter((token) => token.role === role).sort((a, b) => a.number - b.number);
    const { label, isNumbered } = TOKEN_ROLES[role];
    if (some.length > 1 && !isNumbered) throw refused(`${listed}, and ${some.length} of them are ${label} tokens`);
    if (some.some(({ number }, i) => number !== i))
      throw refused(`${listed}, and its ${label} tokens are not numbered 0, 1, 2, and so on`);
    return some;
  });
  if (ordered[0]?.role !== 'end') throw refused(`${listed}, and one that ends a text is wanted`);
  return ordered;
}

const byteLevelSplit = z.object({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.literal(false, 'it puts a space before the text (add_prefix_space)'),
  use_regex: z.literal(true, 'it does not use the split pattern of GPT-2').default(true),
});
const unused = (message: string) => z.union([z.null(), z.literal('')], message).optional();
const layout = z.object({
  added_tokens: listOf(z.object({ id: z.int().nonnegative(), content: z.string() }), MOST_TOKENS).default([]),
  normalizer: z.null('it has a normalizer, which changes the text').optional(),
  pre_tokenizer: byteLevelSplit,
  model: z.object({
    type: z.literal('BPE', 'its model is not BPE').default('BPE'), // older files do not say
    unk_token: unused('it has an unknown token'),
    continuing_subword_prefix: unused('it marks continuing subwords'),
    end_of_word_suffix: unused('it marks ends of words'),
    byte_fallback: z.literal(false, 'it falls back to byte tokens').optional(),
    ignore_merges: z.literal(false, 'it ignores its merges for whole words').optional(),
    // Not a z.record, which leaves `__proto__` out: every key counts.
    vocab: z.custom<object>((value) => typeof value === 'object' && value !== null, 'its vocabulary is not a table'),
    merges: listOf(z.unknown(), MOST_TOKENS),
  }),
});

function parse(file: Uint8Array): z.infer<typeof layout> {
  if (file.length > LARGEST_TOKENIZER)
    throw refused(`it has ${file.length} bytes; at most ${LARGEST_TOKENIZER} are read`);
  const result = layout.safeParse(decodeJson(file));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(`${issue?.message ?? 'its layout is unknown'} (at ${issue?.path.join('.') ?? 'the top'})`);
}

function decode(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw refused('it is not JSON in UTF-8');
  }
}
function decodeJson(file: Uint8Array): unknown {
  try {
    return JSON.parse(decode(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused(`it is not JSON in UTF-8 (${error.message})`);
  }
}

/** The kind is not in the file, but shows in the merges: none, single characters and their beginnings, or words. */
function kindOf(merges: TokenizerModel['merges']): TokenizerKind {
  if (merges.length === 0) return 'bytes';
  const firstBytes: number[] = [...BYTE_OF_ID];
  const lengths: number[] = firstBytes.map(() => 1);
  for (const [left, right] of merges) {
    const [lead, continuation] = [firstBytes[left]!, firstBytes[right]!];
    const length = lengths[left]! + lengths[right]!;
    if (lengths[right] !== 1 || (continuation & 0xc0) !== 0x80 || length > utf8Length(lead)) return 'bpe';
    firstBytes.push(lead);
    lengths.push(length);
  }
  return 'characters';
}
const utf8Length = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1);

const refused = (reason: string): Error =>
  badFile(
    `This tokenizer cannot be used: ${reason}.`,
    'Use one that Homegrown wrote, or a byte-level BPE one in the style of GPT-2.',
  );
const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
