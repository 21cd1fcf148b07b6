import type { TokenSource } from '../shards/manifest';
import { type Batch, windows } from './batch';

/**
 * The same windows at every evaluation: end to end, none overlapping, spread evenly over the part, `maxTokens` tokens of
 * them at most. Batches are whole (`rows` windows each) unless the part has fewer windows than that; a part shorter
 * than one window is one window of what there is.
 */
export async function* evaluationWindows(
  source: TokenSource,
  context: number,
  rows: number,
  maxTokens: number,
): AsyncGenerator<Batch> {
  const width = Math.min(context, source.tokens - 1);
  if (width < 1) return;
  const places = Math.floor((source.tokens - 1) / width);
  const wanted = Math.max(1, Math.min(places, Math.floor(maxTokens / width)));
  const count = wanted < rows ? wanted : wanted - (wanted % rows);
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * places) / count) * width);
  for (let i = 0; i < count; i += rows) yield windows(source, width, starts.slice(i, i + rows));
}
