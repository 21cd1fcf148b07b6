import { upperFirst } from '../../core/base/firstLetter';
import { ordinal } from '../../core/runs/testSetAccesses';
import { shownEvaluation } from '../../state/evaluate';
import { useStudio } from '../../state/react';

/** Which text was evaluated, and how often; the verdict says how much of it. */
export function Summary() {
  const on = useStudio((s) => s.evaluatedOn);
  const kept = useStudio(shownEvaluation);
  if (!kept) return null;
  const { name, look } = kept.record;
  const times = look === undefined ? undefined : `evaluated for the ${ordinal(look)} time`;
  if (on !== 'text') return times && upperFirst(times);
  return times === undefined ? name : `${name}, ${times}`;
}
