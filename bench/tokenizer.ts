/** Benchmarks training a tokenizer and encoding text, on the bundled books. */
import type { Document } from '../src/core/base/document';
import { unwatched } from '../src/core/base/job';
import { once } from '../src/core/files/byteSource';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { buildSamples } from '../scripts/samples';
import { benchGpt2, type EncodeReport } from './gpt2';

export interface TokenizerReport {
  kind: 'bpe' | 'characters' | 'bytes';
  vocabulary: number;
  /** UTF-8 bytes of the text. */
  bytes: number;
  trainMs: number;
  encodeMs: number;
  megabytesPerSecond: number;
  decodeMs: number;
  bytesPerToken: number;
}

export interface TokenizerReports {
  /** Reports on Moby Dick. */
  tokenizers: TokenizerReport[];
  /** Seconds to train a vocabulary of 8,192 on 10 MB of English, presidents' addresses. */
  trainSeconds: number;
  /** Rate of encoding Moby Dick a second time with GPT-2's vocabulary. */
  encodeMBps: number;
  rivals: EncodeReport[];
}

export async function benchTokenizer(vocabulary: number): Promise<TokenizerReports> {
  const book = sampleCalled('moby');
  const tokenizers = await benchKinds(book, vocabulary);
  const addresses = documentOf(sampleCalled('state').slice(0, 10_000_000));
  const from = performance.now();
  await trainTokenizer({ kind: 'bpe', vocabulary: 8192 }, [addresses], unwatched);
  const trainSeconds = (performance.now() - from) / 1000;
  const [ours, ...rivals] = await benchGpt2(book);
  return { tokenizers, trainSeconds, encodeMBps: ours!.megabytesPerSecond, rivals };
}

const sampleCalled = (name: string): string => buildSamples().find(({ sample }) => sample.file.startsWith(name))!.text;
const documentOf = (text: string): Document => ({
  sha256: '',
  characters: text.length,
  bytes: Buffer.byteLength(text),
  chunks: () => once(text),
});

async function benchKinds(text: string, vocabulary: number): Promise<TokenizerReport[]> {
  const document = documentOf(text);
  const { bytes } = document;
  const now = () => performance.now();
  const reports: TokenizerReport[] = [];
  for (const kind of ['bytes', 'characters', 'bpe'] as const) {
    const began = now();
    const model = await trainTokenizer({ kind, vocabulary }, [document], unwatched);
    const trained = now();
    const tokenizer = await createTokenizer(model);
    const from = now();
    const ids = tokenizer.encode(text);
    const encoded = now();
    const back = tokenizer.decode(ids);
    const decoded = now();
    if (back !== text) throw new Error(`${kind}: the text did not come back.`);
    reports.push({
      kind,
      vocabulary: tokenizer.size,
      bytes,
      trainMs: trained - began,
      encodeMs: encoded - from,
      megabytesPerSecond: bytes / 1e3 / (encoded - from),
      decodeMs: decoded - encoded,
      bytesPerToken: bytes / ids.length,
    });
  }
  return reports;
}
