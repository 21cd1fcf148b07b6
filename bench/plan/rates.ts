/**
 * Learning rates of new models: `node --import tsx bench/plan/rates.ts` prints, for each architecture and optimizer of
 * rates.jsonl (recorded by record.ts), the best rate, those within 2 % of its loss, and the default.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { modelSpec } from '../../src/core/models';
import { countParams } from '../../src/core/models/spec';
import { type OptimizerId, optimizerOf } from '../../src/core/optim';
import { configOf, lossOf, readRecorded, type Recorded } from './recorded';
import type { QualityKind } from '../../src/core/plan/quality';

/** A peak learning rate, and the best loss on the validation set, in nats per token. */
interface Measured {
  rate: number;
  loss: number;
}

interface RatesOf {
  kind: QualityKind;
  optimizer: OptimizerId;
  /** In ascending order of rates. */
  measured: readonly Measured[];
  /** Default for a model of this size. */
  usual: number;
}

const NEAR = 1.02;

/** Rates with at most 2 % more loss than the best, interpolated between logarithms; an open end wasn't measured. */
export function nearBest(measured: readonly Measured[]): {
  best: Measured;
  low: number;
  high: number;
  isOpen: readonly [boolean, boolean];
} {
  const best = measured.reduce((a, b) => (b.loss < a.loss ? b : a));
  const at = measured.indexOf(best);
  const limit = NEAR * best.loss;
  const up = edgeOf(measured.slice(at), limit);
  const down = edgeOf(measured.slice(0, at + 1).toReversed(), limit);
  return { best, low: down.rate, high: up.rate, isOpen: [down.isOpen, up.isOpen] };
}

/** Rate at which the loss crosses the limit, from the best rate outward. */
function edgeOf(outward: readonly Measured[], limit: number): { rate: number; isOpen: boolean } {
  const beyond = outward.findIndex(({ loss }) => loss > limit);
  if (beyond < 0) return { rate: outward.at(-1)!.rate, isOpen: true };
  const [inside, outside] = [outward[beyond - 1]!, outward[beyond]!];
  const share = Math.log(limit / inside.loss) / Math.log(outside.loss / inside.loss);
  return { rate: inside.rate * (outside.rate / inside.rate) ** share, isOpen: false };
}

/** Loss at a rate between those measured, interpolated between logarithms. */
export function lossAt(measured: readonly Measured[], rate: number): number {
  const above = measured.findIndex((one) => one.rate >= rate);
  if (above <= 0) return (above === 0 ? measured[0]! : measured.at(-1)!).loss;
  const [a, b] = [measured[above - 1]!, measured[above]!];
  return a.loss * (b.loss / a.loss) ** (Math.log(rate / a.rate) / Math.log(b.rate / a.rate));
}

function ratesOf(runs: readonly Recorded[]): readonly RatesOf[] {
  const nameOf = ({ flags }: Recorded): string => `${flags['model']} ${flags['optimizer']}`;
  return [...new Set(runs.map(nameOf))].map((name) => {
    const group = runs.filter((run) => nameOf(run) === name);
    const { flags, facts } = group[0]!;
    const kind = flags['model'] as QualityKind;
    const optimizer = flags['optimizer'] as OptimizerId;
    const table = modelSpec(kind).params(configOf(group[0]!), facts.vocabulary);
    return {
      kind,
      optimizer,
      measured: group
        .map((run) => ({ rate: Number(run.flags['learning-rate']), loss: lossOf(run) }))
        .toSorted((a, b) => a.rate - b.rate),
      usual: optimizerOf(optimizer).usualRate(countParams(table)),
    };
  });
}

export const readRates = (): readonly RatesOf[] =>
  ratesOf(readRecorded(fileURLToPath(new URL('rates.jsonl', import.meta.url))));

const shown = (rate: number): string => String(Number(rate.toPrecision(2)));

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const { kind, optimizer, measured, usual } of readRates()) {
    const { best, low, high, isOpen } = nearBest(measured);
    const range = `${isOpen[0] ? '≤ ' : ''}${shown(low)} to ${isOpen[1] ? '≥ ' : ''}${shown(high)}`;
    const all = measured.map(({ rate, loss }) => `${rate}: ${loss.toFixed(3)}`).join(', ');
    console.log(`| ${kind} | ${optimizer} | ${best.rate} | ${range} | ${usual} | ${all} |`);
  }
