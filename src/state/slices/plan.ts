/** The plan of settings for a text, a device and a time. */
import type { Plan } from '../../core/plan/plan';
import type { TextProfile } from '../../core/plan/profile';
import type { Granted } from '../overdue';
import type { Inputs } from './preparation';

export interface Planned {
  /** What it was made for. */
  of: string;
  plan: Plan;
  text: TextProfile;
}

export interface PlanSlice {
  /** The last that was made for the project that is open; `of` says whether it is of what is there now. */
  planned: Planned | null;
  /** Of the last run that began by a plan. */
  granted: Granted | null;
  /** Plan for a number of minutes; undefined without a text or a device. Unchanged settings follow it. */
  planFor(minutes: number): Promise<Plan | undefined>;
  /** Plans for the project's minutes and changes no setting, so that a button can say how long a start takes. */
  lookAtPlan(): Promise<void>;
  /** Makes the project's settings those of the plan. False where there is none. */
  takePlan(minutes: number): Promise<boolean>;
  /** One click: a bundled text, settings that suit it, and off. */
  growSample(file: string): Promise<void>;
  /**
   * Prepares a project and its texts for a run. Given minutes, or with untouched settings, uses the plan's settings.
   * Plans again if a few trial steps take much more or less time. Undefined if that failed or was stopped.
   */
  prepareByPlan(inputs: Inputs, minutes?: number): Promise<Inputs | undefined>;
}
