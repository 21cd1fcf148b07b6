/**
 * Writes the loss curve as `trainer_state.json`, in the format that Hugging Face's Trainer writes and its tools plot:
 * TrainerState in transformers/trainer_callback.py. Fields that the Trainer lacks have our own names.
 */
import type { Json } from '../../../base/blobStore';
import { badFile } from '../../../base/errors';
import { listOf, MAX_LOG_ENTRIES } from '../../../base/limits';
import { z } from '../../../base/zod';
import { shownSchema } from '../../../objectives/shown';
import { METRICS } from '../../../metrics';
import { dataOf, isSameData, recipeOf } from '../../../runs/segments';
import type { TrainEvent } from '../../../train/run';
import { stepsOfEpoch } from '../../../train/epoch';
import { tokensPerStep } from '../../../train/recipe';
import { type StepEvent, type StepValue, type StepValueName, stepValues } from '../../../train/stepValues';
import { flopsPerToken } from '../../../train/work';
import type { RunInfo } from '../../homegrownJson';

/** Approximate number of steps that a long run is thinned to; all evaluations stay. */
const MAX = 2000;

export function trainerState(info: RunInfo, events: readonly TrainEvent[]): Json {
  const { model, state, segments } = info;
  const [recipe, data] = [recipeOf(info), dataOf(info)];
  const { context } = model.config;
  // Average share of a full batch that a step read: some batches may have been larger or smaller.
  const share = state.step === 0 ? 0 : state.tokensSeen / state.step / tokensPerStep(recipe, context);
  // Epochs are undefined if the text changed between segments.
  const isOneData = segments.every((segment) => isSameData(segment.data, data));
  const epoch = data && isOneData ? stepsOfEpoch(data.parts.train, context, recipe) : null;
  const epochs = (step: number): number | null => epoch && (step * share) / epoch;
  const steps = events.flatMap((event) => (event.kind === 'step' && event.step <= state.step ? [event.step] : []));
  const stride = Math.ceil(steps.length / MAX);
  const gap = steps.length > 1 ? steps[1]! - steps[0]! : 1; // more than 1 if the curve was already thinned
  const log = events.flatMap((event): Json[] => {
    if ((event.kind !== 'evaluated' && event.kind !== 'step') || event.step > state.step) return [];
    const { step, loss, activeMs } = event;
    if (event.kind === 'evaluated') {
      const { metrics, sample } = event;
      const measured = Object.entries(metrics).map(([id, { value }]) => [snakeCase(id), finite(value)] as const);
      return [
        {
          ...Object.fromEntries(measured),
          epoch: epochs(step),
          eval_loss: finite(loss),
          sample,
          active_ms: activeMs,
          step,
        },
      ];
    }
    if (step % (stride * gap) !== 0) return [];
    return [{ epoch: epochs(step), ...inFile(REQUIRED, event), step, ...inFile(OPTIONAL, event) }];
  });
  return {
    best_global_step: state.best?.step ?? null,
    best_metric: state.best?.loss ?? null,
    best_model_checkpoint: null,
    epoch: epochs(state.step),
    eval_steps: recipe.evalEvery,
    global_step: state.step,
    is_hyper_param_search: false,
    is_local_process_zero: true,
    is_world_process_zero: true,
    log_history: log,
    logging_steps: Math.max(1, stride * gap),
    max_steps: recipe.steps,
    num_input_tokens_seen: state.tokensSeen,
    num_train_epochs: epochs(recipe.steps),
    save_steps: recipe.saveEvery,
    stateful_callbacks: {},
    total_flos: state.tokensSeen * flopsPerToken(model),
    train_batch_size: recipe.batch,
    trial_name: null,
    trial_params: null,
  };
}

/**
 * Reads the curve of a file that we exported; skips entries of other kinds.
 * @throws HomegrownError `bad-file`
 */
export function readTrainerState(text: string): readonly TrainEvent[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badFile('trainer_state.json is not JSON', REMEDY);
  }
  const file = fileSchema.safeParse(parsed);
  if (!file.success) {
    const [issue] = file.error.issues;
    throw badFile(`trainer_state.json has no valid log_history: ${issue?.message ?? 'unknown'}`, REMEDY);
  }
  return file.data.log_history.flatMap((entry): TrainEvent[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const event = ('eval_loss' in entry ? evaluatedSchema : stepSchema).safeParse(entry);
    return event.success ? [event.data] : [];
  });
}
const REMEDY = 'Remove it to import the model without its curve.';

const fileSchema = z.object({ log_history: listOf(z.unknown(), MAX_LOG_ENTRIES) });
const count = z.int().nonnegative();
const reading = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
/** A metric's id in the Trainer's style: `bits_per_byte`. */
export const snakeCase = (id: string): string => id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const evaluatedSchema = z
  .looseObject({ step: count, eval_loss: reading, sample: shownSchema, active_ms: z.number() })
  .transform(({ step, eval_loss: loss, sample, active_ms: activeMs, ...entry }) => {
    const metrics = Object.keys(METRICS).flatMap((id) => {
      const { success, data: value } = reading.safeParse(entry[snakeCase(id)]);
      return success ? [[id, { value }] as const] : [];
    });
    return { kind: 'evaluated' as const, step, loss, metrics: Object.fromEntries(metrics), activeMs, sample };
  });

type Values = readonly (readonly [StepValueName, StepValue])[];
const VALUES: Values = stepValues();
const REQUIRED = VALUES.filter(([, { isOptional }]) => !isOptional);
const OPTIONAL = VALUES.filter(([, { isOptional }]) => isOptional);
/** A step's existing values, by their names in the file. */
const inFile = (values: Values, event: StepEvent): Record<string, number | null> =>
  Object.fromEntries(
    values.flatMap(([name, { file, isOptional }]) => {
      const value = finite(event[name] ?? NaN);
      return isOptional && value === null ? [] : [[file, value] as const];
    }),
  );
const schemaOf = ({ isOptional, canBeNaN }: StepValue): z.ZodType<number | undefined> =>
  isOptional ? z.number().optional() : canBeNaN ? reading : z.number();
const stepSchema = z
  .looseObject({ step: count, ...Object.fromEntries(VALUES.map(([, value]) => [value.file, schemaOf(value)])) })
  .transform((entry): StepEvent => {
    const values = VALUES.flatMap(([name, { file }]) =>
      entry[file] === undefined ? [] : [[name, entry[file]] as const],
    );
    return { kind: 'step', step: entry.step, ...Object.fromEntries(values) } as StepEvent;
  });

/** JSON can't represent other numbers. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
