/** Trials before a run: a few steps show which device is faster, and how many steps fit into the time budget. */
import { rejectProblems } from '../../src/core/train/problems';
import type { Recomputation } from '../../src/core/train/recomputation';
import type { ModelChoice, Snapshot, TrainInput } from '../../src/core/train/run';
import type { DeviceInUse } from './deviceInUse';
import { fasterDevice } from '../../src/jobs/fasterDevice';
import { type Fit, fit, leftOf } from './timeBudget';
import { measurePace, type Pace, timeOf } from '../../src/jobs/measuredPace';
import type { Planner } from './planner';
import type { RunSettings } from './runSettings';

/** Input of training without the model, the recipe and the function that saves. */
export type RunInputs = Omit<TrainInput, 'model' | 'recipe' | 'save'>;

interface RunToTry {
  settings: RunSettings;
  /** Returns the model of the current plan: another one after the planner has planned again. */
  model: () => ModelChoice;
  inputs: RunInputs;
  /** Time budget of the whole command, in minutes; undefined: none. */
  minutes: number | undefined;
  signal: AbortSignal;
}

/**
 * Times some steps on WASM and on a software GPU (WebGPU on the CPU), and switches to the faster one.
 * @param device WASM when called; its `current` is the faster device afterwards
 * @param adapter name of the software GPU
 * @returns why that device was chosen, as a sentence
 * @throws HomegrownError `bad-settings` if the run can't train on one of them
 */
export async function chooseDevice(run: RunToTry, device: DeviceInUse, adapter: string): Promise<string> {
  const { settings, model, inputs, minutes, signal } = run;
  const measure = (limit: number): Promise<Pace> => {
    const { recipe, problems } = settings.onDevice(model());
    rejectProblems(problems);
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
/** Duration of a trial on one device, in milliseconds. */
const TRIAL_MS = 1000;

/** A run that fits into its time budget. */
export interface FittedRun {
  input: Omit<TrainInput, 'save'>;
  recomputation: Recomputation;
  /** Measured pace, and the number of steps that fit; null without a time budget. */
  fitted: Fit | null;
}

/**
 * Returns the model and recipe for the device in use, with as many steps as fit into the time budget. If real steps
 * take much more or less time than planned, plans once more and measures that plan.
 * @param planner null to keep the plan
 * @param saveSize returns the number of bytes that a save would write
 * @throws HomegrownError `bad-settings` if the run can't train on this device, or no step fits
 */
export async function fitRun(
  run: RunToTry,
  planner: Planner | null,
  saveSize: (input: Omit<TrainInput, 'save'>, snapshot: Snapshot) => Promise<number>,
): Promise<FittedRun> {
  const model = run.model();
  const { recipe, recomputation, problems } = run.settings.onDevice(model);
  rejectProblems(problems);
  const input = { ...run.inputs, model, recipe };
  if (run.minutes === undefined) return { input, recomputation, fitted: null };
  const save = async (snapshot: Snapshot) => ({ bytes: await saveSize(input, snapshot) });
  const fitted = await fit({ ...input, save }, run.minutes, run.signal);
  if (planner?.again(fitted.pace.step)) return fitRun(run, null, saveSize);
  const fittedRecipe = { ...run.settings.recipe(model, fitted.steps), recompute: recomputation.isOn };
  return { input: { ...input, recipe: fittedRecipe }, recomputation, fitted };
}
