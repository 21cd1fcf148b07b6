import { z } from '../base/zod';
import { badFile } from '../base/errors';
import { LARGEST_TOKENIZER, listOf, MOST_TOKENS } from '../base/limits';
import { BYTE_OF_ID, CHARACTER_OF_BYTE, END_OF_TEXT, spell } from './alphabet';
import type { Tokenizer, TokenizerKind, TokenizerModel } from './tokenizer';

/** Hugging Face's tokenizer.json (`tokenizers` 0.20 and up, transformers.js, llama.cpp's converter). */
export function writeTokenizerJson(tokenizer: Tokenizer): string {
  const { endOfText, model } = tokenizer;
  const names = Array.from({ length: endOfText }, (_, id) => spell(tokenizer.bytes(id)));
  const byteLevel = (add_prefix_space: boolean, trim_offsets: boolean) => ({
    ...{ type: 'ByteLevel', add_prefix_space, trim_offsets, use_regex: true },
  });
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return JSON.stringify(
    {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [{ id: endOfText, content: END_OF_TEXT, ...flags }],
      normalizer: null,
      pre_tokenizer: byteLevel(false, true),
      post_processor: byteLevel(true, false),
      decoder: byteLevel(true, true),
      model: {
        ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
        ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false },
        vocab: Object.fromEntries([...names, END_OF_TEXT].map((name, id) => [name, id])),
        merges: model.merges.map(([left, right]) => `${names[left]!} ${names[right]!}`),
      },
    },
    null,
    1,
  );
}

/** A tokenizer in our order. `ids`: [our id] -> id in the file. */
export interface ReadTokenizer {
  model: TokenizerModel;
  ids: Uint32Array;
}

/**
 * Reads a byte-level BPE tokenizer.json that cuts text as GPT-2's does, and whose tokens are the 256 bytes, what its merges
 * make, and one that ends a text. Their ids may be in any order.
 * @throws HomegrownError `bad-file` saying which part of the file asks for something else
 */
export function readTokenizerJson(file: Uint8Array): ReadTokenizer {
  const { model, added_tokens } = parse(file);
  const ids = idsOf(model.vocab);
  for (const { id, content } of added_tokens) {
    if (!ENDS_OF_TEXT.includes(content)) throw refused(`it adds the special token ${quoted(content)}`);
    if ((ids.get(content) ?? id) !== id) throw refused(`${content} has two ids`);
    ids.set(content, id);
  }
  return inOurOrder(ids, model.merges);
}

/** The same of vocab.json and merges.txt, which are GPT-2's own files. */
export function readGpt2Files(vocab: Uint8Array, merges: Uint8Array): ReadTokenizer {
  const table = decodeJson(vocab);
  if (typeof table !== 'object' || table === null) throw refused('its vocabulary is not a table');
  // With a first line for the version and an empty last one; those beyond are not even cut.
  const lines = decode(merges).split(/\r?\n/, MOST_TOKENS + 3);
  const rules = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  if (lines.length > MOST_TOKENS + 2 || rules.length > MOST_TOKENS)
    throw refused(`merges.txt has more than ${MOST_TOKENS} lines, which are the most that are read`);
  return inOurOrder(idsOf(table), rules);
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

function inOurOrder(theirs: ReadonlyMap<string, number>, merges: readonly unknown[]): ReadTokenizer {
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
  const others = [...theirs.keys()].filter((name) => !ours.has(name));
  const [end] = others;
  if (others.length !== 1 || !ENDS_OF_TEXT.includes(end!)) {
    throw refused(
      `besides 256 bytes and ${merges.length} merges it has ${others.length} tokens (${others.slice(0, 20).map(quoted).join(', ')}), and one that ends a text is wanted`,
    );
  }
  const ids = Uint32Array.from([...names, end!], (name) => theirs.get(name)!);
  const seen = new Set<number>();
  for (const id of ids) {
    if (seen.has(id)) throw refused(`two of its tokens have the id ${id}`);
    seen.add(id);
  }
  return { model: { kind: kindOf(pairs), merges: pairs }, ids };
}

/** What other tokenizers call `<|endoftext|>`. */
const ENDS_OF_TEXT = [END_OF_TEXT, '<|end_of_text|>', '</s>', '<eos>'];

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
