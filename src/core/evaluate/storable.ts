/** Makes an evaluation storable: lists values of a diverged model that aren't finite as left out. */
import { type Evaluation, evaluationSchema } from './evaluation';
import { taskScoresSchema } from './tasks';

/** Leaves storable values unchanged. */
export function storable({ baselines, tasks = [], leftOut, ...rest }: Evaluation): Evaluation {
  const lost: string[] = [];
  const finite = Object.entries(baselines).flatMap(([name, figures]) => {
    const finite = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
    if (finite.length < Object.keys(figures).length) lost.push(name);
    return finite.length > 0 ? [[name, Object.fromEntries(finite)] as const] : [];
  });
  const isWhole = (part: (typeof PARTS)[number]): boolean =>
    rest[part] === undefined || evaluationSchema.shape[part].safeParse(rest[part]).success;
  const broken: readonly string[] = PARTS.filter((part) => !isWhole(part));
  const whole = Object.fromEntries(Object.entries(rest).filter(([part]) => !broken.includes(part))) as typeof rest;
  const storableTasks = tasks.filter((task) => taskScoresSchema.safeParse(task).success);
  lost.push(...broken, ...tasks.filter((task) => !storableTasks.includes(task)).map(({ name }) => name));
  return {
    ...whole,
    baselines: Object.fromEntries(finite),
    ...(storableTasks.length > 0 && { tasks: storableTasks }),
    leftOut: [...leftOut, ...lost.map((name) => ({ name, reason: 'Some of it is not a finite number.' }))],
  };
}
const PARTS = ['calibration', 'where', 'passages', 'minimalPairs', 'swaps'] as const;
