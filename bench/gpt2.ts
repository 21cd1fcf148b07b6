/** Compares encoding with GPT-2's vocabulary with two packages; one provides the vocabulary. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ID_OF_BYTE } from '../src/core/tokenizer/alphabet';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { madeInOrder, merge } from '../src/core/tokenizer/merge';
import { PairTable } from '../src/core/tokenizer/pairTable';
import type { TokenizerModel } from '../src/core/tokenizer/tokenizer';

export interface EncodeReport {
  name: string;
  /** Megabytes of UTF-8 per second on the second pass over the text, with warm code and word cache. */
  megabytesPerSecond: number;
}

/** @returns reports, ours first. @throws Error if the ids differ */
export async function benchGpt2(text: string): Promise<EncodeReport[]> {
  const { encode } = await import('gpt-tokenizer/encoding/r50k_base');
  const { Tiktoken } = await import('js-tiktoken/lite');
  const { default: ranks } = await import('js-tiktoken/ranks/gpt2');
  const [ours, tiktoken] = [await createTokenizer(await gpt2()), new Tiktoken(ranks)];
  const all: [string, (text: string) => ArrayLike<number>][] = [
    ['Homegrown', (text) => ours.encode(text)],
    ['gpt-tokenizer', (text) => encode(text)],
    ['js-tiktoken', (text) => tiktoken.encode(text)],
  ];
  const wanted = ours.encode(text).join();
  return all.map(([name, encoder]) => {
    if (Array.from(encoder(text)).join() !== wanted) throw new Error(`${name}: other ids than ours.`);
    const from = performance.now();
    encoder(text);
    return { name, megabytesPerSecond: Buffer.byteLength(text) / 1e3 / (performance.now() - from) };
  });
}

/** Recovers merges from tokens in training order: the earlier merges reduce a token to the pair that it was merged from. */
async function gpt2(): Promise<TokenizerModel> {
  const path = createRequire(import.meta.url).resolve('gpt-tokenizer/data/r50k_base.tiktoken');
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const tokens = lines.map((line) => Buffer.from(line.split(' ')[0]!, 'base64'));
  const ranks = new PairTable();
  const made = madeInOrder(tokens.length);
  const merges = tokens.slice(256).map((bytes): [number, number] => {
    const ids = Uint32Array.from(bytes, (byte) => ID_OF_BYTE[byte]!);
    const [left, right] = merge(ids, ranks, made);
    ranks.findOrAdd(left!, right!);
    return [left!, right!];
  });
  return { kind: 'bpe', merges };
}
