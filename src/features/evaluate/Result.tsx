import { useState } from 'react';
import { useLocation } from 'wouter';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import { shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { useLeakNotice } from '../../state/useLeakNotice';
import { LeakNotice, Panes } from '../../ui';
import { BaselineRuler } from './BaselineRuler';
import { CalibrationPane, hasCalibrationPane } from './CalibrationPane';
import type { Filter } from './filter';
import { LabelsPane } from './LabelsPane';
import { PassagesPane } from './PassagesPane';
import { Scores } from './Scores';
import { WherePane } from './WherePane';

/** All measurements of a checkpoint. */
export function Result({ record }: { record: EvaluationRecord }) {
  const { evaluation } = record;
  const model = useStudio((s) => shownRun(s, 'evaluate').record?.model);
  const hasThirdPane = hasCalibrationPane(evaluation);
  const { labelled } = evaluation;
  // LabelsPane shows the confusion matrix of a classifier.
  const withoutConfusion = { ...evaluation, confusion: undefined };
  const hasCalibration = hasCalibrationPane(withoutConfusion);
  const [filter, setFilter] = useState<Filter>();
  const [, go] = useLocation();
  const leak = useLeakNotice(record.runId, go, '/evaluate');
  return (
    <>
      <Scores evaluation={evaluation} />
      {leak && <LeakNotice {...leak} />}
      <BaselineRuler evaluation={evaluation} />
      {labelled ? (
        <Panes
          columns={`minmax(0, 1fr)${hasCalibration ? ' 440px' : ''}`}
          narrowColumns={`minmax(0, 1fr)${hasCalibration ? ' 360px' : ''}`}
        >
          <LabelsPane record={record} labeled={labelled} />
          {hasCalibration && <CalibrationPane evaluation={withoutConfusion} />}
        </Panes>
      ) : (
        <Panes
          columns={`372px minmax(0, 1fr)${hasThirdPane ? ' 360px' : ''}`}
          narrowColumns={`304px minmax(0, 1fr)${hasThirdPane ? ' 316px' : ''}`}
        >
          <WherePane
            evaluation={evaluation}
            context={model?.config.context ?? Infinity}
            filter={filter}
            onFilter={setFilter}
          />
          <PassagesPane
            evaluation={evaluation}
            vocabulary={model?.vocabulary ?? 2}
            filter={filter}
            onClear={() => setFilter(undefined)}
          />
          {hasThirdPane && <CalibrationPane evaluation={evaluation} />}
        </Panes>
      )}
    </>
  );
}
