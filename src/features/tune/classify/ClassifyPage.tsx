import { type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../../core/base/units';
import { bestBaseline, baselineWords, estimateWords } from '../../../core/evaluate/words';
import { useStudio } from '../../../state/react';
import type { PageProps } from '../../../state/stage';
import { timed } from '../../../state/timed';
import { Button, Panes, Stage } from '../../../ui';
import { AddButtons, AddDialog, DataDrop, ImportProgress, RefusedFiles, useAddData } from '../AddData';
import { KINDS } from '../kinds';
import { TuningFailure } from '../TuningFailure';
import { isResumeNext, Resume } from '../Resume';
import { ConfidencePane } from './ConfidencePane';
import { CutNotice } from './CutNotice';
import { EvaluationPane } from './EvaluationPane';
import { TablePane } from './TablePane';
import { type ClassifySituation, useClassify } from './useClassify';

/** From a table to a classifier: training data, evaluation, and its answer for a text. */
export function ClassifyPage({ tabs, onFiles }: { tabs: ReactNode } & Pick<PageProps, 'onFiles'>) {
  const situation = useClassify();
  const addData = useAddData('classify');
  return (
    <Stage
      title="Teach it more"
      tabs={tabs}
      summary={<Summary situation={situation} />}
      actions={
        <>
          <AddButtons adding={addData} />
          <StartButton situation={situation} />
        </>
      }
    >
      <TuningFailure />
      <RefusedFiles />
      <ImportProgress />
      <CutNotice situation={situation} />
      <Panes columns="400px minmax(0, 1fr) 384px" narrowColumns="280px minmax(0, 1fr) 272px">
        <TablePane situation={situation} adding={addData} onFiles={onFiles} />
        <EvaluationPane situation={situation} />
        <ConfidencePane situation={situation} />
      </Panes>
      <DataDrop adding={addData} />
      <AddDialog adding={addData} />
    </Stage>
  );
}

/** `93.7 % of 600 texts right, 91.4 to 95.4; the commonest label gives 34.0 %`. */
function Summary({ situation: { evaluationRecord, step, stepWords } }: { situation: ClassifySituation }) {
  const { accuracy } = evaluationRecord?.evaluation.metrics ?? {};
  if (!evaluationRecord || !accuracy) return KINDS.classify.words;
  const { value, interval } = estimateWords(accuracy);
  const best = bestBaseline(evaluationRecord.evaluation, 'accuracy');
  return (
    <>
      <b>{value} %</b> of {formatCount(evaluationRecord.evaluation.documents)} texts right
      {evaluationRecord.step !== step && ` at step ${formatCount(evaluationRecord.step)}`}
      {interval !== undefined && `, ${interval}`}
      {best && `; ${baselineWords(best.name).short} gives ${estimateWords({ value: best.value }).value} %`}
      {evaluationRecord.step === step && stepWords !== undefined && `. ${stepWords}`}
    </>
  );
}

function StartButton({ situation: { refusal, plan } }: { situation: ClassifySituation }) {
  const tune = useStudio((s) => s.tune);
  const isTraining = useStudio((s) => s.training !== null);
  const isResuming = useStudio(isResumeNext);
  const [, go] = useLocation();
  if (isTraining) return null;
  const time = refusal === undefined && plan?.seconds !== undefined ? 1000 * plan.seconds : undefined;
  return (
    <>
      <Resume />
      <Button
        isDense
        variant={refusal === undefined && !isResuming ? 'go' : 'default'}
        icon="play"
        disabledReason={refusal}
        onPress={() => {
          void tune('classify');
          go('/train');
        }}
      >
        {timed('Train the classifier', time)}
      </Button>
    </>
  );
}
