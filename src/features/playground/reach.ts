/** How much of a prompt a model reads: no more than its context has room for. */
import { formatCount } from '../../core/base/units';
import { contextWindow } from '../../core/sample/contextWindow';
import type { RunRecord } from '../../core/runs/record';
import { dataOf } from '../../core/runs/segments';

/** Undefined where it reads all of it. What is left out is told about, as tokens are not counted while a person writes. */
export function reachWords(
  prompt: string,
  { model, segments }: Pick<RunRecord, 'model' | 'segments'>,
): string | undefined {
  const { context } = model.config;
  const train = dataOf({ segments }).facts?.parts.train;
  const bytesPerToken = train && train.tokens > 0 ? train.bytes / train.tokens : USUAL;
  const bytes = new TextEncoder().encode(prompt).length;
  const tokens = Math.ceil(bytes / bytesPerToken);
  if (tokens <= context) return undefined;
  const read = contextWindow(
    Array.from({ length: tokens }, (_, i) => i),
    context,
  ).length;
  const characters = Math.round((read / tokens) * Array.from(prompt).length);
  return `The model reads about the last ${formatCount(Number(characters.toPrecision(2)))} characters of this: its context is ${formatCount(context)} tokens`;
}
/** Bytes a token, of a model that does not say what it learnt from. */
const USUAL = 3;
