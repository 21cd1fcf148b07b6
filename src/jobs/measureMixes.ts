/** Measures averages of a tuned model and its base at several shares, as the run's own evaluations do. */
import type { BlobStore } from '../core/base/blobStore';
import type { Job, Pause } from '../core/base/job';
import { network } from '../core/models/network';
import { mixable } from '../core/runs/mix';
import { readKnownRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { tunedOf } from './tune';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { Evaluated } from '../core/metrics';
import { evaluate } from './measureStep';

export interface MixedPoint extends Evaluated {
  share: number;
}

/** A stop takes effect between two batches. */
export async function measureMixes(
  store: BlobStore,
  { runId, which, shares }: { runId: string; which: WhichSnapshot; shares: readonly number[] },
  { report }: Pick<Job<readonly MixedPoint[]>, 'report'>,
  pause: Pause,
): Promise<readonly MixedPoint[]> {
  const run = await readKnownRun(store, runId);
  const { at, base, state } = await mixable(store, run, which);
  const { old } = await tunedOf(store, run, base);
  const tokenizer = await createTokenizer(await readTokenizer(store, run));
  const points: MixedPoint[] = [];
  for (const share of shares) {
    const net = await network(run.model, at(share));
    try {
      const settings = { part: 'validation', tokens: recipeOf(run).evalTokens } as const;
      const model = { runId, network: net, tokenizer, step: state.step };
      const { loss, metrics } = await evaluate(store, model, settings, pause);
      const oldPerplexity = await old?.(net, pause);
      points.push({ share, loss, metrics: oldPerplexity ? { ...metrics, oldPerplexity } : metrics });
    } finally {
      net.dispose();
    }
    report([...points]);
  }
  return points;
}
