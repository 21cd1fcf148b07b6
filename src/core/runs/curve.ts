/**
 * A run's curve in few points, kept under `curves/<run>` so that many runs can be listed without reading their journals. It
 * is derived: one that is missing, damaged or of another step is made again.
 */
import type { BlobStore } from '../base/blobStore';
import { type Kind, isUnreadable, readRecord, storedRecord } from '../base/record';
import { z } from '../base/zod';
import type { TrainEvent } from '../train/run';
import { meanAt } from '../train/verdict';
import { readJournal } from './journal';
import { segmentAt, type Segments } from './segments';

export type RunCurve = z.infer<typeof curveSchema>;

/** Points at most, of either list. */
export const MOST_POINTS = 256;

/** What a run of these segments told up to a step that it saved; losses that are no number are left out. */
export function curveOf(
  events: readonly TrainEvent[],
  step: number,
  segments: readonly Pick<Segments[number], 'after'>[],
): RunCurve {
  const training: RunCurve['training'] = { step: [], low: [], high: [], ms: [] };
  const evaluations: RunCurve['evaluations'] = { step: [], loss: [], ms: [], trained: [], trainedError: [] };
  const steps = events.flatMap((event) => (event.kind === 'step' && isTold(event, step) ? [event] : []));
  for (const group of grouped(steps)) {
    const losses = group.map(({ loss }) => loss);
    const last = group.at(-1)!;
    training.step.push(last.step);
    training.low.push(Math.min(...losses));
    training.high.push(Math.max(...losses));
    training.ms.push(last.activeMs);
  }
  const whole = { step: steps.map((event) => event.step), loss: steps.map(({ loss }) => loss) };
  const told = events.flatMap((event) => (event.kind === 'evaluated' && isTold(event, step) ? [event] : []));
  // What is measured again at a step is no second one.
  const measured = [...new Map(told.map((event) => [event.step, event])).values()];
  const last = measured.at(-1);
  // The lowest of each stretch, so that the best is among them; and where it ended.
  const lowest = grouped(measured).map((group) => group.reduce((a, b) => (b.loss < a.loss ? b : a)));
  for (const event of new Set([...lowest, ...(last ? [last] : [])])) {
    evaluations.step.push(event.step);
    evaluations.loss.push(event.loss);
    evaluations.ms.push(event.activeMs);
    const trained = meanAt(whole, event.step, segments[segmentAt(segments, event.step)]!.after);
    evaluations.trained.push(trained?.mean ?? null);
    evaluations.trainedError.push(trained?.error ?? null);
  }
  return { version: 2, step, training, evaluations, sample: last?.sample ?? '' };
}

const isTold = (event: { step: number; loss: number }, upTo: number): boolean =>
  event.step <= upTo && Number.isFinite(event.loss);

/** In order, as many in each as keeps them to fewer than `MOST_POINTS`. */
function grouped<T>(all: readonly T[]): readonly (readonly T[])[] {
  const size = Math.ceil(all.length / (MOST_POINTS - 1));
  return Array.from({ length: Math.ceil(all.length / size) || 0 }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** The curve that is kept of a run up to a step; undefined where there is none of it. */
export async function keptCurve(store: BlobStore, runId: string, step: number): Promise<RunCurve | undefined> {
  try {
    const curve = await readRecord(store, curveKey(runId), CURVE);
    return curve?.step === step ? curve : undefined;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Made from the journal, and kept where there is room. */
export async function makeCurve(
  store: BlobStore,
  { id, segments }: { id: string; segments: Segments },
  step: number,
): Promise<RunCurve> {
  const curve = curveOf(await readJournal(store, id), step, segments);
  await store.commit({ put: [[curveKey(id), storedRecord(CURVE, curve)]] }).catch(() => undefined);
  return curve;
}

export const CURVES = 'curves/';
export const curveKey = (runId: string): string => `${CURVES}${runId}`;

const column = z.array(z.number()).max(MOST_POINTS);
const partly = z.array(z.number().nullable()).max(MOST_POINTS);
/** Columns of one length, as charts draw them. Losses are in nats; `ms` is training up to there. */
const curveSchema = z
  .object({
    version: z.literal(2),
    /** That it goes up to: what came after it was not saved, or came later. */
    step: z.int().nonnegative(),
    /** The last of some steps, and the lowest and the highest loss among them. */
    training: z.object({ step: column, low: column, high: column, ms: column }),
    /**
     * On held-out text, the last one among them; beside each the mean training loss around its step, of its segment, and the
     * standard error of that, null where no step of it was told.
     */
    evaluations: z.object({ step: column, loss: column, ms: column, trained: partly, trainedError: partly }),
    /** What was written at the last evaluation. */
    sample: z.string(),
  })
  .refine(({ training, evaluations }) =>
    [training, evaluations].every((columns) => new Set(Object.values(columns).map(({ length }) => length)).size === 1),
  );
export const CURVE: Kind<RunCurve> = {
  what: (key) => `The curve of run ${key.slice(CURVES.length)} in few points`,
  version: 2,
  schema: curveSchema,
  upgrades: [
    () => {
      throw new Error('what was learnt at each evaluation is not in it'); // it is made again
    },
  ],
};
