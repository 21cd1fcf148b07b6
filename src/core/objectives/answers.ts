/** A model's answers to the inputs of pairs. */
import type { Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { ModelKind } from '../models/spec';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Answered } from './shown';
import { type Marks, marksOf, type Pair, pairRow, type PairRow, textOf } from './pairRows';

/** Extra tokens that an answer may have over the longest target in its batch. */
export const SPARE = 8;

/** Greedy answers to the inputs of some pairs, computed as one batch, each up to its end token. */
export async function answered(
  network: Network,
  tokenizer: Tokenizer,
  some: readonly Pair[],
  pause?: Pause,
): Promise<readonly Answered[]> {
  const { greedy } = await import('../sample/greedy');
  const { id, config } = network.choice;
  const { kind } = modelSpec(id);
  const marks = marksOf(tokenizer);
  const longest = Math.max(...some.map(({ target }) => target.length || config.context));
  const rows = some.map((pair) => questionOf(pair, config.context, kind, marks));
  const given = await greedy(
    network,
    rows.map(({ ids }) => ids),
    { end: marks.end, max: longest + SPARE },
    kind === 'encoder-decoder' ? rows.map(({ source }) => source!) : undefined,
    pause,
  );
  const text = (ids: Iterable<number>): string => textOf(tokenizer, ids);
  return some.map(({ input, target }, i) => ({
    kind: 'answered' as const,
    input: text(input),
    ...(target.length > 0 && { wanted: text(target) }),
    given: text(given[i]!),
  }));
}

/** A pair's row without its target. */
function questionOf(pair: Pair, context: number, kind: ModelKind, marks: Marks): Pick<PairRow, 'source' | 'ids'> {
  const { source, ids, targets } = pairRow(pair, context, kind, marks);
  const before = kind === 'encoder-decoder' ? 1 : targets.findIndex((target) => target >= 0) + 1;
  return { ...(source && { source }), ids: ids.slice(0, before) };
}
