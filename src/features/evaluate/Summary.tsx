import { ordinal } from '../../core/runs/looks';
import { shownEvaluation } from '../../state/evaluate';
import { useStudio } from '../../state/react';
import { documentsWords } from './words';

/** What was measured, next to the pickers that name run, step and part; empty before there is anything. */
export function Summary() {
  const on = useStudio((s) => s.evaluatedOn);
  const kept = useStudio(shownEvaluation);
  if (!kept) return null;
  const { record } = kept;
  return (
    <>
      {on === 'text' && `${record.name}, `}
      <b>{documentsWords(record.evaluation)}</b>
      {record.look !== undefined && `, looked at for the ${ordinal(record.look)} time`}
    </>
  );
}
