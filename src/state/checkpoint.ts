/** The saved step that a page works with: what it is, and which others there are. */
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { formatCount } from '../core/base/units';
import type { Page } from './openRun';
import { useShown, useStudio } from './react';
import { stepChoices, trained } from './trained';

export function useCheckpointSummary(page: Page) {
  const { step, name, result, notKept } = trained(
    useStudio((s) => s),
    page,
  );
  return { step: formatCount(step), name, result, remark: notKept };
}

export function useCheckpointChoice(page: Page) {
  const run = useShown(page);
  const setWhich = useStudio((s) => s.setWhich);
  const value: WhichSnapshot & string = run.which === 'best' ? 'best' : 'latest';
  return { value, onChange: (which: WhichSnapshot) => setWhich(page, which), options: stepChoices(run) };
}
