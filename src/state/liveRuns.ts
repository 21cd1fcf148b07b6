/** The list of runs with newer evaluations of the training run, so that rail, Runs and Train agree. */
import { labelsIn } from '../core/runs/curve';
import { segmentAt } from '../core/runs/segments';
import { meanAt } from '../core/train/meanAt';
import type { RunRow } from '../protocol/data';
import { trainingRun } from './openRun';
import type { RunLog } from './runLog';
import type { Studio } from './slices/studio';

/** Returns the same list object until an evaluation is new, as a selector requires. */
export function liveRuns(s: Pick<Studio, 'runs' | 'training' | 'opened'>): Studio['runs'] {
  const { runs } = s;
  const run = trainingRun(s);
  const row = run && runs?.find(({ record }) => record.id === run.id);
  const live = row && liveRow(row, run.log);
  if (!runs || live === row) return runs;
  const cached = lists.get(runs);
  if (cached?.includes(live!)) return cached;
  const list = runs.map((other) => (other === row ? live! : other));
  lists.set(runs, list);
  return list;
}
/** Last live list of each stored list. */
const lists = new WeakMap<readonly RunRow[], readonly RunRow[]>();

function liveRow(row: RunRow, log: RunLog): RunRow {
  const { curve, record } = row;
  if (!curve) return row;
  const { evaluations } = curve;
  const newest = evaluations.step.at(-1) ?? -1;
  const newEvaluations = log.evaluations.filter(({ step, loss }) => step > newest && Number.isFinite(loss));
  if (newEvaluations.length === 0) return row;
  const cached = rows.get(row);
  if (cached?.curve!.evaluations.step.length === evaluations.step.length + newEvaluations.length) return cached;
  const trained = newEvaluations.map(({ step }) =>
    meanAt(log, step, record.segments[segmentAt(record.segments, step)]!.after),
  );
  const labels = newEvaluations.map(labelsIn);
  const newColumns = {
    step: newEvaluations.map(({ step }) => step),
    loss: newEvaluations.map(({ loss }) => loss),
    ms: newEvaluations.map(({ activeMs }) => activeMs),
    trained: trained.map((mean) => mean?.mean ?? NaN),
    trainedError: trained.map((mean) => mean?.error ?? NaN),
    accuracy: labels.map(({ accuracy }) => accuracy),
    right: labels.map(({ right }) => right),
    texts: labels.map(({ texts }) => texts),
  };
  const joined = { ...evaluations };
  for (const name of Object.keys(newColumns) as (keyof typeof newColumns)[])
    joined[name] = Float64Array.from([...evaluations[name], ...newColumns[name]]);
  const live = { ...row, curve: { ...curve, evaluations: joined, sample: newEvaluations.at(-1)!.sample } };
  rows.set(row, live);
  return live;
}
/** Last live row of each stored row. */
const rows = new WeakMap<RunRow, RunRow>();
