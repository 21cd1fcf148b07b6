/** Columns of the log in the form that a chart needs, without copies at every step. */
import { countUpTo } from '../../core/train/meanAt';
import type { Forecast } from '../../core/plan/prospect';
import type { RunLog } from '../../state/runLog';

/** Column computed from another one, which only grows or is cut. Computes each value once. */
export class Mapped {
  private readonly values: number[] = [];
  constructor(
    private readonly source: readonly number[],
    private readonly map: (value: number) => number,
  ) {}
  /** Returns the current values. */
  read(): readonly number[] {
    const { source, values } = this;
    // After a cut and a resume the tail has other values: drops stale values from the end.
    while (values.length > 0 && values.at(-1) !== this.map(source[values.length - 1] ?? NaN)) values.pop();
    for (let i = values.length; i < source.length; i++) values.push(this.map(source[i]!));
    return values;
  }
}

/** Validation losses; few, so recomputed each time. */
export function heldOutCurve({ evaluations }: RunLog, tokensAt: (step: number) => number, upTo = Infinity) {
  const rows = evaluations.filter(({ step }) => step <= upTo);
  return {
    step: rows.map(({ step }) => step),
    loss: rows.map(({ loss }) => loss),
    tokens: rows.map(({ step }) => tokensAt(step)),
    seconds: rows.map(({ activeMs }) => activeMs / 1000),
  };
}

/** Expected losses to the end of the run, with their band. Seconds extrapolate the mean pace so far. */
export function forecastColumns({ path }: Forecast, log: RunLog, tokensAt: (step: number) => number) {
  const last = log.evaluations.at(-1)!;
  const [done, seconds] = [log.step.at(-1) ?? 1, (log.activeMs.at(-1) ?? 0) / 1000];
  const column = (of: (point: Forecast['path'][number]) => number): number[] => path.map(of);
  return {
    step: column(({ step }) => step),
    loss: column(({ value }) => value),
    low: column(({ low }) => low),
    high: column(({ high }) => high),
    tokens: column(({ step }) => tokensAt(step)),
    seconds: column(({ step }) => last.activeMs / 1000 + ((step - last.step) * seconds) / done),
  };
}

/** Curves of a fork's ancestors, which no longer grow; undefined if they have no events. */
export function beforeCurves(log: RunLog, tokensAt: (step: number) => number) {
  const { step, loss, activeMs, evaluations } = log;
  if (step.length + evaluations.length === 0) return undefined;
  const training = { step, loss, tokens: step.map(tokensAt), seconds: activeMs.map((ms) => ms / 1000) };
  return { training, validation: heldOutCurve(log, tokensAt) };
}

/** Returns a function that cuts a column at a step; it returns the column itself if nothing follows the step. */
export function partUpTo(steps: readonly number[], upTo: number): (column: readonly number[]) => readonly number[] {
  const end = countUpTo(steps, upTo);
  return (column) => (end >= steps.length ? column : column.slice(0, end));
}
