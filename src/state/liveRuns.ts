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
  const now = row && liveRow(row, run.log);
  if (!runs || now === row) return runs;
  const known = lists.get(runs);
  if (known?.includes(now!)) return known;
  const list = runs.map((each) => (each === row ? now! : each));
  lists.set(runs, list);
  return list;
}
const lists = new WeakMap<readonly RunRow[], readonly RunRow[]>();

function liveRow(row: RunRow, log: RunLog): RunRow {
  const { curve, record } = row;
  if (!curve) return row;
  const { evaluations } = curve;
  const newest = evaluations.step.at(-1) ?? -1;
  const fresh = log.evaluations.filter(({ step, loss }) => step > newest && Number.isFinite(loss));
  if (fresh.length === 0) return row;
  const known = rows.get(row);
  if (known && known.curve!.evaluations.step.length === evaluations.step.length + fresh.length) return known;
  const trained = fresh.map(({ step }) => meanAt(log, step, record.segments[segmentAt(record.segments, step)]!.after));
  const labels = fresh.map(labelsIn);
  const more = {
    step: fresh.map(({ step }) => step),
    loss: fresh.map(({ loss }) => loss),
    ms: fresh.map(({ activeMs }) => activeMs),
    trained: trained.map((mean) => mean?.mean ?? NaN),
    trainedError: trained.map((mean) => mean?.error ?? NaN),
    accuracy: labels.map(({ accuracy }) => accuracy),
    right: labels.map(({ right }) => right),
    texts: labels.map(({ texts }) => texts),
  };
  const joined = { ...evaluations };
  for (const name of Object.keys(more) as (keyof typeof more)[])
    joined[name] = Float64Array.from([...evaluations[name], ...more[name]]);
  const live = { ...row, curve: { ...curve, evaluations: joined, sample: fresh.at(-1)!.sample } };
  rows.set(row, live);
  return live;
}
const rows = new WeakMap<RunRow, RunRow>();
