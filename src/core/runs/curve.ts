/**
 * Downsampled curve of a run under `curves/<run>`, so that many runs can be listed without reading their journals. It
 * is rebuilt if it is missing, damaged or of another step.
 */
import type { BlobStore, Expected } from '../base/blobStore';
import { isCount, isNumber, listOf } from '../base/limits';
import type { Kind } from '../base/record';
import { z } from '../base/zod';
import type { Evaluated } from '../metrics';
import { type Shown, shownSchema } from '../objectives/shown';
import type { TrainEvent } from '../train/run';
import { meanAt } from '../train/meanAt';
import { readJournal } from './journal';
import type { MeasuredLabels } from './labelStanding';
import { segmentAt, type Segments } from './segments';

const TRAINING = ['step', 'low', 'high', 'ms'] as const;
const BEFORE_LABELS = ['step', 'loss', 'ms', 'trained', 'trainedError'] as const;
/** Columns of classifiers: accuracy in percent, and the counts of correct and all texts. */
const LABELS = ['accuracy', 'right', 'texts'] as const;
const EVALUATIONS = [...BEFORE_LABELS, ...LABELS] as const;
type Columns<N extends string> = Readonly<Record<N, Float64Array>>;

/** Columns of equal length, as charts draw them. Losses are in nats; `ms` is training time so far. */
export interface RunCurve {
  /** Its last step: later events were not saved, or came after it. */
  step: number;
  /** Last loss of each group of steps, with the group's lowest and highest. */
  training: Columns<(typeof TRAINING)[number]>;
  /**
   * Evaluations on the validation set, the latest ones last. Each has the mean training loss around its step, in its
   * segment, and that mean's standard error, NaN if unknown. Values that only classifiers have are NaN for other
   * models.
   */
  evaluations: Columns<(typeof EVALUATIONS)[number]>;
  /** Sample of the last evaluation. */
  sample: Shown;
}

/** Maximum number of points in either list. */
export const MAX_CURVE_POINTS = 256;

/** Builds the curve of a run up to a saved step; leaves out losses that are not finite. */
export function curveOf(
  events: readonly TrainEvent[],
  step: number,
  segments: readonly Pick<Segments[number], 'after'>[],
): RunCurve {
  const steps = events.flatMap((event) => (event.kind === 'step' && isDrawn(event, step) ? [event] : []));
  const training = groupConsecutive(steps).map((group) => {
    const losses = group.map(({ loss }) => loss);
    const last = group.at(-1)!;
    return { step: last.step, low: Math.min(...losses), high: Math.max(...losses), ms: last.activeMs };
  });
  const trainingLosses = { step: steps.map((event) => event.step), loss: steps.map(({ loss }) => loss) };
  const evaluated = events.flatMap((event) => (event.kind === 'evaluated' && isDrawn(event, step) ? [event] : []));
  // A second evaluation of a step replaces the first.
  const latestByStep = [...new Map(evaluated.map((event) => [event.step, event])).values()];
  const last = latestByStep.at(-1);
  // The lowest of each group, so that the best is included, and the last one.
  const lowest = groupConsecutive(latestByStep).map((group) => group.reduce((a, b) => (b.loss < a.loss ? b : a)));
  const evaluations = [...new Set([...lowest, ...(last ? [last] : [])])].map((event) => {
    const { step, loss, activeMs } = event;
    const trained = meanAt(trainingLosses, step, segments[segmentAt(segments, step)]!.after);
    return {
      step,
      loss,
      ms: activeMs,
      trained: trained?.mean ?? NaN,
      trainedError: trained?.error ?? NaN,
      ...labelsIn(event),
    };
  });
  return {
    step,
    training: columnsOf(TRAINING, training),
    evaluations: columnsOf(EVALUATIONS, evaluations),
    sample: last?.sample ?? '',
  };
}

/** Label counts of an evaluation as columns. */
export const labelsIn = ({ metrics, labels }: Pick<Evaluated, 'metrics' | 'labels'>) => ({
  accuracy: metrics.accuracy?.value ?? NaN,
  right: labels?.right ?? NaN,
  texts: labels?.texts ?? NaN,
});

/** Evaluation at a step as far as the curve has it: the loss, and label counts of a classifier. */
export function evaluatedAt({ evaluations }: RunCurve, step: number): MeasuredLabels | undefined {
  const index = evaluations.step.indexOf(step);
  if (index < 0) return undefined;
  const [accuracy, right, texts] = LABELS.map((name) => evaluations[name][index]!) as [number, number, number];
  return {
    loss: evaluations.loss[index]!,
    metrics: Number.isNaN(accuracy) ? {} : { accuracy: { value: accuracy } },
    ...(!Number.isNaN(right) && { labels: { right, texts } }),
  };
}

/** Whether an older build made the curve for a classifier, without accuracy. */
export const lacksLabels = ({ evaluations: { step, accuracy } }: RunCurve): boolean =>
  step.length > 0 && accuracy.every((value) => Number.isNaN(value));

const columnsOf = <N extends string>(names: readonly N[], rows: readonly Readonly<Record<N, number>>[]): Columns<N> =>
  columnsBy(names, (name) => Float64Array.from(rows, (row) => row[name]));
const columnsBy = <N extends string>(names: readonly N[], column: (name: N) => Float64Array): Columns<N> =>
  Object.fromEntries(names.map((name) => [name, column(name)])) as Columns<N>;

const isDrawn = (event: { step: number; loss: number }, upTo: number): boolean =>
  event.step <= upTo && Number.isFinite(event.loss);

/** Groups of consecutive items, of a size that gives fewer than `MAX_CURVE_POINTS` groups. */
function groupConsecutive<T>(items: readonly T[]): readonly (readonly T[])[] {
  const size = Math.ceil(items.length / (MAX_CURVE_POINTS - 1));
  return Array.from({ length: Math.ceil(items.length / size) || 0 }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/**
 * Makes a curve from the journal, and stores it if there is room.
 * @param expected the run's record before: a run that ends meanwhile evaluates once more, and the stored curve would
 * lack that
 */
export async function makeCurve(
  store: BlobStore,
  { id, segments }: { id: string; segments: Segments },
  step: number,
  expected: Expected,
): Promise<RunCurve> {
  const curve = curveOf(await readJournal(store, id), step, segments);
  await store.commit({ put: [[curveKey(id), bytesOf(curve)]], expect: [expected] }).catch(() => undefined);
  return curve;
}

export const CURVES = 'curves/';
export const curveKey = (runId: string): string => `${CURVES}${runId}`;

const VERSION = 4;
/** Last version without columns of labels. */
const VERSION_BEFORE_LABELS = 3;
/** Number of values before the columns: version, step, numbers of training points and evaluations. */
const HEAD = 4;

/** Stored form: HEAD and the columns as float64, then the sample as JSON. */
export function bytesOf({ step, training, evaluations, sample }: RunCurve): Uint8Array {
  const columns = [...TRAINING.map((name) => training[name]), ...EVALUATIONS.map((name) => evaluations[name])];
  const head = [VERSION, step, training.step.length, evaluations.step.length];
  const numbers = Float64Array.from([head, ...columns].flatMap((values) => [...values]));
  const sampleBytes = new TextEncoder().encode(JSON.stringify(sample));
  const bytes = new Uint8Array(numbers.byteLength + sampleBytes.length);
  bytes.set(new Uint8Array(numbers.buffer));
  bytes.set(sampleBytes, numbers.byteLength);
  return bytes;
}

function decodeCurve(bytes: Uint8Array): RunCurve {
  const { buffer } = bytes.slice(); // float64 requires aligned bytes
  const numbers = new Float64Array(buffer, 0, Math.floor(bytes.length / 8));
  const [version, step, trainingPoints, evaluationPoints] = numbers as unknown as [number, number, number, number];
  if (version !== VERSION && version !== VERSION_BEFORE_LABELS) throw new Error(`it has version ${version}`);
  const storedNames: readonly string[] = version === VERSION ? EVALUATIONS : BEFORE_LABELS;
  const end = HEAD + trainingPoints * TRAINING.length + evaluationPoints * storedNames.length;
  if (
    ![step, trainingPoints, evaluationPoints].every(isCount) ||
    Math.max(trainingPoints, evaluationPoints) > MAX_CURVE_POINTS ||
    end > numbers.length
  )
    throw new Error(`it has ${bytes.length} bytes for ${trainingPoints} and ${evaluationPoints} points`);
  let offset = HEAD;
  const nextColumn = (points: number): Float64Array => numbers.subarray(offset, (offset += points));
  const curve = {
    step,
    training: columnsBy(TRAINING, () => nextColumn(trainingPoints)),
    evaluations: columnsBy(EVALUATIONS, (name) =>
      storedNames.includes(name) ? nextColumn(evaluationPoints) : nanColumn(evaluationPoints),
    ),
    sample: shownSchema.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(8 * end)))),
  };
  const { step: steps, loss, ms } = curve.evaluations;
  for (const column of [...Object.values(curve.training), steps, loss, ms])
    // A loop takes a tenth of the time of a callback per number, for hundreds of curves.
    for (let i = 0; i < column.length; i++)
      if (!Number.isFinite(column[i])) throw new Error("it contains a value that isn't a number");
  return curve;
}

const nanColumn = (points: number): Float64Array => new Float64Array(points).fill(NaN);

const column = listOf(z.number(), MAX_CURVE_POINTS, isNumber).transform((values) => Float64Array.from(values));
const isNumberOrNull = (value: unknown): value is number | null => value === null || isNumber(value);
const nullableColumn = listOf(z.number().nullable(), MAX_CURVE_POINTS, isNumberOrNull).transform((values) =>
  Float64Array.from(values, (value) => value ?? NaN),
);
/** Stored form of older builds: JSON, with null for NaN. */
const curveSchema: z.ZodType<RunCurve> = z
  .object({
    step: z.int().nonnegative(),
    training: z.object({ step: column, low: column, high: column, ms: column }),
    evaluations: z
      .object({ step: column, loss: column, ms: column, trained: nullableColumn, trainedError: nullableColumn })
      .transform((before) => ({ ...before, ...columnsBy(LABELS, () => nanColumn(before.step.length)) })),
    sample: shownSchema,
  })
  .refine(({ training, evaluations }) =>
    [training, evaluations].every((columns) => new Set(Object.values(columns).map(({ length }) => length)).size === 1),
  );
export const CURVE: Kind<RunCurve> = {
  what: (key) => `The downsampled curve of run ${key.slice(CURVES.length)}`,
  version: VERSION,
  schema: curveSchema,
  ofBytes: decodeCurve,
  upgrades: [
    () => {
      throw new Error('the trained weights of each evaluation are missing from it'); // rebuilt on error
    },
    (old) => old, // as JSON
    (old) => old, // without labels
  ],
};
