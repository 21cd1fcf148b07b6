/** Rows of the run list, with falling curves: some forks, one import. */
import { curveOf } from '../core/runs/curve';
import type { RunRow } from '../core/runs/rows';
import type { TrainEvent } from '../core/train/run';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { dataFacts, runRecord } from './runRecord';

const WHALE = dataFacts({
  texts: [{ name: 'moby-dick.txt', characters: 1_210_000, sha256: 'a'.repeat(64) }],
  textHash: 'whale',
  parts: { train: { tokens: 342_000, bytes: 1_090_000 }, validation: { tokens: 38_000, bytes: 121_000 } },
  unigramLoss: 6.41,
});
const NAMES = ['baseline', 'dropout 0.3', 'half width', 'hot rate', 'cooler', 'longer', 'second seed', 'deeper'];

/** Rows of runs, newest first. The oldest run is `baseline`, and every third forks the one before it. */
export function runRows(count: number): readonly RunRow[] {
  return Array.from({ length: count }, (_, i) => runRow(i)).reverse();
}

function runRow(i: number): RunRow {
  const isFork = i % 3 === 2;
  const steps = i === 3 ? 150 : 4000;
  const from = isFork ? 1000 : 0;
  const recipe = {
    ...DEFAULT_RECIPE,
    steps: 4000,
    dropout: i % 2 === 1 ? 0.3 : 0.1,
    learningRate: i === 3 ? 0.01 : 0.001,
    seed: 1 + Math.floor(i / 8),
    samplePrompt: 'The whale',
  };
  const record = runRecord({
    id: `run-${i}`,
    name: NAMES[i] ?? `run ${i + 1}`,
    hue: 1 + (i % 8),
    tags: i % 5 === 1 ? ['dropout'] : [],
    note: i === 1 ? 'Memorises less, learns more slowly: train it longer.' : '',
    createdAt: Date.UTC(2026, 10, 24, 9, i),
    model: { id: 'gpt', config: { layers: 4, heads: 4, width: i === 2 ? 96 : 192, context: 128 }, vocabulary: 2048 },
    tokenizer: { kind: 'bpe', merges: [] },
    status: i === 3 ? 'stopped' : 'finished',
    step: steps,
    recipe,
    data: { facts: WHALE },
    ...(isFork && {
      parent: { runId: `run-${i - 1}`, step: from, how: 'fork' as const, name: NAMES[i - 1] ?? `run ${i}` },
    }),
    ...(i === 7 && { origin: { name: 'theirs.zip', importedAt: Date.UTC(2026, 10, 24) }, step: 0 }),
  });
  const floor = 4.35 + 0.03 * (i % 7);
  const loss = (step: number): number =>
    floor + (7.62 - floor) * (0.62 * Math.exp(-step / 160) + 0.38 * Math.exp(-step / 900));
  const evaluatedSteps = Array.from({ length: 1 + (steps - from) / 50 }, (_, n) => from + 50 * n);
  const sample =
    'The whale, were as the world, in its vague, as a few incredible buxes; a most wonderfulness in their souls.';
  const events = evaluatedSteps.flatMap((step): TrainEvent[] => [
    { kind: 'step', step, loss: loss(step) - 0.15, activeMs: 33 * step, ...UNSHOWN },
    { kind: 'evaluated', step, loss: loss(step), metrics: {}, activeMs: 33 * step, sample },
  ]);
  return {
    record,
    step: record.step,
    curve: i === 7 ? null : curveOf(events, steps, record.segments),
    bytes: 26_300_000 * (1 + (i % 3)),
  };
}

const UNSHOWN = { learningRate: 0.001, gradientNorm: 1, tokensPerSecond: 46_000, memoryBytes: 0 };
