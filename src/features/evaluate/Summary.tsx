import { ordinal } from '../../core/runs/looks';
import { shownEvaluation } from '../../state/evaluate';
import { useStudio } from '../../state/react';
import { documentsWords } from './words';

/** Extent of the evaluated text; empty without an evaluation. */
export function Summary() {
  const on = useStudio((s) => s.evaluatedOn);
  const kept = useStudio(shownEvaluation);
  if (!kept) return null;
  const { record } = kept;
  return (
    <>
      {on === 'text' && `${record.name}, `}
      <b>{documentsWords(record.evaluation)}</b>
      {record.look !== undefined && `, evaluated for the ${ordinal(record.look)} time`}
    </>
  );
}
