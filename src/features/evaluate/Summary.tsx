import { upperFirst } from '../../core/base/firstLetter';
import { ordinal } from '../../core/runs/testSetAccesses';
import { shownEvaluation } from '../../state/evaluate';
import { useStudio } from '../../state/react';

/** Names the evaluation text and how often it was used; the verdict says how much of it was evaluated. */
export function Summary() {
  const on = useStudio((s) => s.evaluatedOn);
  const kept = useStudio(shownEvaluation);
  if (!kept) return null;
  const { name, look } = kept.record;
  const times = look === undefined ? undefined : `evaluated for the ${ordinal(look)} time`;
  if (on !== 'text') return times && upperFirst(times);
  return times === undefined ? name : `${name}, ${times}`;
}
