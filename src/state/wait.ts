/** Time from the press until a run ends: tokenization, then training. Shared by buttons and plan. */
import type { Plan } from '../core/plan/plan';
import { estimateProject } from './estimate';
import { followsPlan, plannedNow } from './plan';
import { dataState } from './preparation';
import { buildTime } from './workTime';
import type { Inputs } from './slices/preparation';
import type { Studio } from './slices/studio';

type Building = Inputs & Pick<Studio, 'buildRate'>;

/** Seconds to tokenize the texts; 0 if that is done. */
export const buildingSeconds = (s: Building): number => (dataState(s) === 'done' ? 0 : (buildTime(s) ?? 0) / 1000);

/** Seconds until a run by the plan ends. */
export const planWait = (s: Building, plan: Plan): number => buildingSeconds(s) + plan.seconds;

/**
 * Seconds until a run that starts now ends; undefined until the device is measured. A project with untouched settings
 * starts with the plan for its time budget.
 */
export function startWait(s: Building & Pick<Studio, 'device' | 'planned'>): number | undefined {
  const { project, device } = s;
  if (device.kind !== 'open') return undefined;
  if (followsPlan(s)) {
    const plan = plannedNow(s);
    return plan ? planWait(s, plan) : 60 * project.plan.minutes;
  }
  const { seconds } = estimateProject(project, device.info);
  return seconds === undefined ? undefined : buildingSeconds(s) + seconds;
}
