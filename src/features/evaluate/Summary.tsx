import { upperFirst } from '../../core/base/firstLetter';
import { ordinal } from '../../core/runs/testSetAccesses';
import { shownEvaluation } from '../../state/evaluate';
import { useStudio } from '../../state/react';

/** Names the evaluation text and how often it was used; the verdict says how much of it was evaluated. */
export function Summary() {
  const evaluatedOn = useStudio((s) => s.evaluatedOn);
  const saved = useStudio(shownEvaluation);
  if (!saved) return null;
  const { name, look } = saved.record;
  const usage = look === undefined ? undefined : `evaluated for the ${ordinal(look)} time`;
  if (evaluatedOn !== 'text') return usage && upperFirst(usage);
  return usage === undefined ? name : `${name}, ${usage}`;
}
