/** Makes an evaluation storable: lists values of a diverged model that aren't finite as left out. */
import { type Evaluation, evaluationSchema } from './evaluation';
import { taskScoresSchema } from './tasks';

/** Leaves storable values unchanged. */
export function storable({ baselines, tasks = [], leftOut, ...rest }: Evaluation): Evaluation {
  const removed: string[] = [];
  const finiteBaselines = Object.entries(baselines).flatMap(([name, figures]) => {
    const finiteFigures = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
    if (finiteFigures.length < Object.keys(figures).length) removed.push(name);
    return finiteFigures.length > 0 ? [[name, Object.fromEntries(finiteFigures)] as const] : [];
  });
  const isStorable = (key: (typeof PARTS)[number]): boolean =>
    rest[key] === undefined || evaluationSchema.shape[key].safeParse(rest[key]).success;
  const brokenParts: readonly string[] = PARTS.filter((key) => !isStorable(key));
  const kept = Object.fromEntries(Object.entries(rest).filter(([key]) => !brokenParts.includes(key))) as typeof rest;
  const storableTasks = tasks.filter((task) => taskScoresSchema.safeParse(task).success);
  removed.push(...brokenParts, ...tasks.filter((task) => !storableTasks.includes(task)).map(({ name }) => name));
  return {
    ...kept,
    baselines: Object.fromEntries(finiteBaselines),
    ...(storableTasks.length > 0 && { tasks: storableTasks }),
    leftOut: [...leftOut, ...removed.map((name) => ({ name, reason: 'Some of it is not a finite number.' }))],
  };
}
const PARTS = ['calibration', 'where', 'passages', 'minimalPairs', 'swaps'] as const;
