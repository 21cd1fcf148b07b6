/** Plan of settings for a text, a device and a time budget. */
import type { Plan } from '../../core/plan/plan';
import type { TextProfile } from '../../core/plan/profile';
import type { Granted } from '../overdue';
import type { Inputs } from './preparation';

export interface Planned {
  /** Key of its inputs. */
  of: string;
  plan: Plan;
  text: TextProfile;
}

export interface PlanSlice {
  /** Last plan of the open project; `of` shows whether it matches the current inputs. */
  planned: Planned | null;
  /** Budget of the last run that started by a plan. */
  granted: Granted | null;
  /** Plan for a number of minutes; undefined without a text or a device. Unchanged settings follow it. */
  planFor(minutes: number): Promise<Plan | undefined>;
  /** Plans for the project's time budget without changing settings, so that a button can show the time. */
  lookAtPlan(): Promise<void>;
  /** Applies the plan's settings to the project. Returns false without a plan. */
  takePlan(minutes: number): Promise<boolean>;
  /** Adds a bundled text, applies suitable settings and starts training. */
  growSample(file: string): Promise<void>;
  /**
   * Prepares a project and its texts for a run. Given minutes, or with untouched settings, uses the plan's settings.
   * Plans again if a few trial steps take much more or less time. Undefined if that failed or was stopped.
   */
  prepareByPlan(inputs: Inputs, minutes?: number): Promise<Inputs | undefined>;
}
