/** Short trials before a run: which device is faster, and how many steps fit into the time budget. */
import { unfit } from '../../src/core/train/problems';
import type { Recomputation } from '../../src/core/train/recomputation';
import type { ModelChoice, Snapshot, TrainInput } from '../../src/core/train/run';
import type { DeviceInUse } from './deviceInUse';
import { fasterDevice } from '../../src/jobs/fasterDevice';
import { type Fit, fit, leftOf } from './timeBudget';
import { measurePace, type Pace, timeOf } from '../../src/jobs/measuredPace';
import type { Planner } from './planner';
import type { RunSettings } from './runSettings';

/** Everything that training reads besides model and recipe. */
export type RunInputs = Omit<TrainInput, 'model' | 'recipe' | 'save'>;

interface RunToTry {
  settings: RunSettings;
  /** Changes when the planner plans again. */
  model: () => ModelChoice;
  inputs: RunInputs;
  minutes: number | undefined;
  signal: AbortSignal;
}

/**
 * Uses the faster device.
 * @param device WASM, until the trial
 * @param adapter name of the software GPU, which the trial compares with WASM
 * @returns the reason, as a sentence
 */
export async function chooseDevice(run: RunToTry, device: DeviceInUse, adapter: string): Promise<string> {
  const { settings, model, inputs, minutes, signal } = run;
  const measure = (limit: number): Promise<Pace> => {
    const { recipe, problems } = settings.onDevice(model());
    if (problems.length > 0) throw unfit(problems);
    const save = () => Promise.resolve({ bytes: 0 });
    return measurePace({ ...inputs, model: model(), recipe, save }, TRIAL_MS, signal, limit);
  };
  const { recipe } = settings.onDevice(model());
  const faster = await fasterDevice({
    adapter,
    open: device.devices.open,
    measure,
    time: (pace) => timeOf(pace, recipe, inputs.from?.state.step ?? 0, recipe.steps),
    maxMs: minutes === undefined ? Infinity : leftOf(minutes),
  });
  device.current = faster.device;
  return faster.why;
}
/** Duration of steps on one device. */
const TRIAL_MS = 1000;

export interface FittedRun {
  input: Omit<TrainInput, 'save'>;
  recomputation: Recomputation;
  /** Null without a time budget. */
  fitted: Fit | null;
}

/**
 * Model and recipe for the device in use, with as many steps as fit into the time budget. Plans again, once, if real
 * steps take much more or less time.
 * @param saveSize bytes that a save writes, without writing them
 * @throws HomegrownError `bad-settings` if the run can't train on this device, or no step fits
 */
export async function fitRun(
  run: RunToTry,
  planner: Planner | null,
  saveSize: (input: Omit<TrainInput, 'save'>, snapshot: Snapshot) => Promise<number>,
): Promise<FittedRun> {
  const model = run.model();
  const { recipe, recomputation, problems } = run.settings.onDevice(model);
  if (problems.length > 0) throw unfit(problems);
  const input = { ...run.inputs, model, recipe };
  if (run.minutes === undefined) return { input, recomputation, fitted: null };
  const save = async (snapshot: Snapshot) => ({ bytes: await saveSize(input, snapshot) });
  const fitted = await fit({ ...input, save }, run.minutes, run.signal);
  if (planner?.again(fitted.pace.step)) return fitRun(run, null, saveSize);
  const fittedRecipe = { ...run.settings.recipe(model, fitted.steps), recompute: recomputation.isOn };
  return { input: { ...input, recipe: fittedRecipe }, recomputation, fitted };
}
