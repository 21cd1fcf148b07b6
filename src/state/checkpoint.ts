/** The saved step that Playground and Export work with: what it is, and which others there are. */
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { formatCount } from '../core/base/units';
import { useStudio } from './react';
import { stepChoices, trained } from './trained';

export function useCheckpointSummary() {
  const { step, name, result, notKept } = trained(useStudio((s) => s));
  return { step: formatCount(step), name, result, remark: notKept };
}

export function useCheckpointChoice() {
  const studio = useStudio((s) => s);
  const value: WhichSnapshot & string = studio.which === 'best' ? 'best' : 'latest';
  return { value, onChange: studio.setWhich, options: stepChoices(studio) };
}
