/** A tuned run averaged with what it was tuned from, share by share, measured as the run's own evaluations are. */
import type { BlobStore } from '../core/base/blobStore';
import type { Job, Pause } from '../core/base/job';
import { network } from '../core/models/network';
import { mixable } from '../core/runs/mix';
import { readKnownRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import type { GpuApi, MixedPoint } from '../protocol/gpu';
import { evaluate } from './measuring';
import type { LoadedModel } from './models';
import { tunedOf } from './tuning';

/** @param model the tuned run's. A stop ends it between two pieces of an evaluation. */
export async function measureMixes(
  store: BlobStore,
  model: LoadedModel,
  { shares }: Pick<GpuApi['mix']['input'], 'shares'>,
  { report }: Pick<Job<readonly MixedPoint[]>, 'report'>,
  pause: Pause,
): Promise<readonly MixedPoint[]> {
  const run = await readKnownRun(store, model.runId);
  const { at } = await mixable(store, run, model.step);
  const { old } = await tunedOf(store, run);
  const points: MixedPoint[] = [];
  for (const share of shares) {
    const net = await network(run.model, at(share));
    try {
      const asked = { part: 'validation', tokens: recipeOf(run).evalTokens } as const;
      const { loss, metrics } = await evaluate(store, { ...model, network: net }, asked, pause);
      const oldPerplexity = await old?.(net, pause);
      points.push({ share, loss, metrics: oldPerplexity ? { ...metrics, oldPerplexity } : metrics });
    } finally {
      net.dispose();
    }
    report([...points]);
  }
  return points;
}
