import { formatCount } from '../../core/base/units';
import { ordinal } from '../../core/runs/looks';
import { evaluatedStep, shownEvaluation } from '../../state/evaluate';
import { shownRun } from '../../state/openRun';
import { useStudio, useStudioFields } from '../../state/react';
import { formatMoment } from '../../ui';
import { documentsWords, PART_NAMES } from './words';

/** What is measured, and when it was; run and step are chosen next to it. */
export function Summary() {
  const { step, name, on } = useStudioFields((s) => ({
    step: evaluatedStep(s),
    name: shownRun(s, 'evaluate').record?.name ?? s.project.name,
    on: s.evaluatedOn,
  }));
  const kept = useStudio(shownEvaluation);
  if (!kept) {
    return (
      <>
        Step {formatCount(step ?? 0)} of <b>{name}</b>
      </>
    );
  }
  const { record } = kept;
  return (
    <>
      {on === 'text' ? <b>{record.name}</b> : PART_NAMES[on]}, <b>{`${documentsWords(record.evaluation)},`}</b>{' '}
      {`measured ${formatMoment(record.madeAt)}`}
      {record.look !== undefined && (
        <>
          , looked at for the <b>{ordinal(record.look)}</b> time
        </>
      )}
    </>
  );
}
