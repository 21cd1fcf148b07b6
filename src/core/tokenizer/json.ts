import { z } from '../base/zod';
import { badFile } from '../base/errors';
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

/**
 * Reads a byte-level BPE tokenizer.json whose vocabulary is exactly the 256 bytes in GPT-2's order, the merges in rank
 * order and `<|endoftext|>`: ours, GPT-2's and those trained in its style.
 * @throws HomegrownError `bad-file` saying which part of the file asks for something else
 */
export function readTokenizerJson(file: Uint8Array): TokenizerModel {
  const { model, added_tokens } = parse(file);
  const merges = model.merges.map((merge, i) => {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    if (pair.length !== 2 || pair.includes('')) throw refused(`merge ${i + 1} is not a pair of tokens`);
    return pair as [string, string];
  });

  const ids = new Map<string, number>();
  for (const [name, id] of Object.entries(model.vocab) as [string, unknown][]) {
    if (!Number.isSafeInteger(id) || (id as number) < 0)
      throw refused(`the id of token ${quoted(name)} is not a whole number`);
    ids.set(name, id as number);
  }
  for (const { id, content } of added_tokens) {
    if (content !== END_OF_TEXT) throw refused(`it adds the special token ${quoted(content)}`);
    if ((ids.get(content) ?? id) !== id) throw refused(`${END_OF_TEXT} has two ids`);
    ids.set(content, id);
  }
  const endOfText = 256 + merges.length;
  if (ids.get(END_OF_TEXT) !== endOfText) {
    throw refused(`${END_OF_TEXT} is not the last token, ${endOfText}, after 256 bytes and ${merges.length} merges`);
  }
  for (const [id, byte] of BYTE_OF_ID.entries()) {
    const name = CHARACTER_OF_BYTE[byte]!;
    if (ids.get(name) !== id) throw refused(`its token for byte ${byte} is not ${id}, as in GPT-2's alphabet`);
  }
  if (ids.size !== endOfText + 1) {
    throw refused(
      `it has ${ids.size} tokens where 256 bytes, ${merges.length} merges and the end of text make ${endOfText + 1}`,
    );
  }
  const pairs = merges.map(([left, right], i): [number, number] => {
    const [a, b, made] = [ids.get(left), ids.get(right), 256 + i];
    if (a === undefined || b === undefined || a >= made || b >= made) {
      throw refused(`merge ${i + 1} joins ${quoted(left)} and ${quoted(right)}, and one of them is not made yet`);
    }
    if (ids.get(left + right) !== made) throw refused(`merge ${i + 1} does not make token ${made}`);
    return [a, b];
  });
  return { kind: kindOf(pairs), merges: pairs };
}

export const LARGEST_TOKENIZER_JSON = 64 * 2 ** 20;

const byteLevelSplit = z.object({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.literal(false, 'it puts a space before the text (add_prefix_space)'),
  use_regex: z.literal(true, 'it does not use the split pattern of GPT-2').default(true),
});
const unused = (message: string) => z.union([z.null(), z.literal('')], message).optional();
const layout = z.object({
  added_tokens: z.array(z.object({ id: z.int().nonnegative(), content: z.string() })).default([]),
  normalizer: z.null('it has a normalizer, which changes the text').optional(),
  pre_tokenizer: byteLevelSplit,
  model: z.object({
    type: z.literal('BPE', 'its model is not BPE'),
    unk_token: unused('it has an unknown token'),
    continuing_subword_prefix: unused('it marks continuing subwords'),
    end_of_word_suffix: unused('it marks ends of words'),
    byte_fallback: z.literal(false, 'it falls back to byte tokens').optional(),
    ignore_merges: z.literal(false, 'it ignores its merges for whole words').optional(),
    // Not a z.record, which leaves `__proto__` out: every key counts.
    vocab: z.custom<object>((value) => typeof value === 'object' && value !== null, 'its vocabulary is not a table'),
    merges: z.array(z.union([z.string(), z.array(z.string())])),
  }),
});

function parse(file: Uint8Array): z.infer<typeof layout> {
  if (file.length > LARGEST_TOKENIZER_JSON)
    throw refused(`it has ${file.length} bytes; at most ${LARGEST_TOKENIZER_JSON} are read`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
  } catch (error) {
    throw refused(`it is not JSON in UTF-8 (${error instanceof Error ? error.message : String(error)})`);
  }
  const result = layout.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(`${issue?.message ?? 'its layout is unknown'} (at ${issue?.path.join('.') ?? 'the top'})`);
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
    `This tokenizer.json cannot be used: ${reason}.`,
    'Use one that Homegrown wrote, or a byte-level BPE one in the style of GPT-2.',
  );
const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
