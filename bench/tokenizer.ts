/** Learning a vocabulary and cutting text into tokens, measured on the bundled Moby Dick. */
import { unwatched } from '../src/core/base/job';
import { once } from '../src/core/files/byteSource';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { buildSamples } from '../scripts/samples';

export interface TokenizerReport {
  kind: 'bpe' | 'characters' | 'bytes';
  vocabulary: number;
  /** UTF-8. */
  bytes: number;
  trainMs: number;
  encodeMs: number;
  megabytesPerSecond: number;
  decodeMs: number;
  bytesPerToken: number;
}

export async function benchTokenizer(vocabulary: number): Promise<TokenizerReport[]> {
  const { text } = buildSamples().find(({ sample }) => sample.file.startsWith('moby'))!;
  const bytes = new TextEncoder().encode(text).length;
  const document = { sha256: '', characters: text.length, bytes, chunks: () => once(text) };
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
