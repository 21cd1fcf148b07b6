import { useMemo, useState } from 'react';
import { useSearch } from 'wouter';
import { formatCount } from '../../../core/base/units';
import { type EachLabel, eachLabel, f1Of } from '../../../core/evaluate/eachLabel';
import type { Evaluation } from '../../../core/evaluate/evaluation';
import { baselineWords, estimateWords } from '../../../core/evaluate/words';
import {
  Block,
  EmptyStage,
  type Finding,
  FINDING_WORDS,
  FINDINGS,
  LabelTable,
  Matrix,
  Notice,
  PaneHead,
  Segmented,
  TabbedPane,
  ExampleMatrix,
} from '../../../ui';
import styles from './Classify.module.css';
import { Examples } from './Examples';
import {
  isRight,
  likelyWrong,
  mistakesOf,
  type PredictedText,
  predictedTexts,
  textsInCell,
  textsWithFinding,
  weakestLabel,
} from './predictedTexts';
import { OutdatedEvaluation, NotMeasured } from './EvaluationNotices';
import { ActiveLearning } from './ActiveLearning';
import type { ClassifySituation } from './useClassify';

type View = 'matrix' | 'mistakes' | 'doubtful' | 'toLabel';

/** Evaluation of the classifier: confusion matrix, mistakes, suspect labels, and texts to label. */
export function EvaluationPane({ situation }: { situation: ClassifySituation }) {
  const { evaluationRecord, classifier, step, survey } = situation;
  const isMistakesLink = new URLSearchParams(useSearch()).get('show') === 'mistakes';
  const [view, setView] = useState<View>(isMistakesLink ? 'mistakes' : 'matrix');
  const labeled = evaluationRecord?.evaluation.labelled;
  const { classes } = classifier?.record.model.config ?? {};
  const threshold = (classes?.several && classifier?.record.decision?.atLeast) || 0;
  const texts = useMemo(() => (labeled ? predictedTexts(labeled, threshold) : []), [labeled, threshold]);
  const mistakes = useMemo(() => mistakesOf(texts), [texts]);
  const suspects = useMemo(() => likelyWrong(texts, labeled?.labels.length ?? 0), [texts, labeled]);
  const unlabeled = survey.summary?.unlabeled ?? 0;
  return (
    <TabbedPane<View>
      label="Evaluation"
      isFirstOnPhone={isMistakesLink}
      value={view}
      onChange={setView}
      tabs={[
        { id: 'matrix', label: 'Confusion matrix' },
        { id: 'mistakes', label: 'Mistakes', ...(labeled && { count: formatCount(mistakes.length) }) },
        { id: 'doubtful', label: 'Suspect labels', ...(labeled && { count: formatCount(suspects.length) }) },
        { id: 'toLabel', label: 'Unlabeled', ...(survey.summary && { count: formatCount(unlabeled) }) },
      ]}
    >
      {classifier && evaluationRecord && labeled && (
        <OutdatedEvaluation run={classifier.record} step={evaluationRecord.step} stepInUse={step} />
      )}
      {!classifier ? (
        <EmptyStage figure={<ExampleMatrix />}>See which labels your classifier confuses</EmptyStage>
      ) : evaluationRecord === undefined ? null : evaluationRecord === null || !labeled ? (
        <NotMeasured run={classifier.record} isMeasured={evaluationRecord !== null} />
      ) : view === 'matrix' ? (
        <PredictedLabels
          key={`${evaluationRecord.runId} ${evaluationRecord.step}`}
          evaluation={evaluationRecord.evaluation}
          texts={texts}
          threshold={threshold}
          run={classifier.record}
        />
      ) : view === 'mistakes' ? (
        <Examples
          run={classifier.record}
          labels={labeled.labels}
          texts={mistakes}
          emptyText="No mistakes on the held-out texts"
        />
      ) : view === 'doubtful' ? (
        <Examples
          run={classifier.record}
          labels={labeled.labels}
          texts={suspects}
          emptyText="No suspect labels in the validation set"
          explanation="The model is confident in a different label here. Check these: label or model may be wrong."
        />
      ) : (
        <ActiveLearning
          key={classifier.record.id}
          run={classifier.record}
          labels={labeled.labels}
          unlabeled={unlabeled}
        />
      )}
    </TabbedPane>
  );
}

interface PredictedLabelsProps {
  evaluation: Evaluation;
  texts: readonly PredictedText[];
  /** Probability threshold of a label, for multi-label texts. */
  threshold: number;
  run: NonNullable<ClassifySituation['classifier']>['record'];
}

/** Confusion matrix, or a table of the labels if texts can have several; a press shows the texts behind a number. */
function PredictedLabels({ evaluation, texts, threshold, run }: PredictedLabelsProps) {
  const { confusion } = evaluation;
  const { labels } = evaluation.labelled!;
  const hasSeveralLabels = run.model.config.classes?.several === true;
  const [shows, setShows] = useState<'count' | 'share'>('count');
  const [cell, setCell] = useState<readonly [actual: number, predicted: number]>();
  const [labelFinding, setLabelFinding] = useState(useLinkedFinding(labels));
  const labelRows = useMemo(
    () =>
      eachLabel(
        evaluation.labelled!,
        texts.map(({ predicted }) => predicted),
      ),
    [evaluation, texts],
  );
  const openTexts = hasSeveralLabels
    ? labelFinding && textsWithFinding(texts, ...labelFinding)
    : cell && textsInCell(texts, cell[0], cell[1]);
  const title = hasSeveralLabels
    ? labelFinding && `${labels[labelFinding[0]]!}, ${FINDING_WORDS[labelFinding[1]]}`
    : cell && `Actual ${labels[cell[0]]!}, predicted ${labels[cell[1]]!}`;
  return (
    <>
      <NaiveBayesNotice evaluation={evaluation} />
      {confusion ? (
        <>
          <div className={styles.how}>
            <span>actual in rows, predicted in columns</span>
            <Segmented<'count' | 'share'>
              label="Cells show"
              value={shows}
              onChange={setShows}
              options={[
                { value: 'count', label: 'Count' },
                { value: 'share', label: 'Percent' },
              ]}
            />
          </div>
          <Matrix {...confusion} shows={shows} chosen={cell} onChoose={setCell} />
        </>
      ) : hasSeveralLabels ? (
        <LabelTable
          rows={labelRows.map((row) => ({ ...row, f1: f1Of(row) }))}
          chosen={labelFinding}
          onChoose={setLabelFinding}
        />
      ) : (
        <Block>{formatCount(labels.length)} labels don’t fit in a matrix. Wrong answers are under Mistakes.</Block>
      )}
      <Metrics {...{ evaluation, texts, threshold, hasSeveralLabels, labelRows }} />
      {openTexts && (
        <>
          <PaneHead
            title={title!}
            hint={`${formatCount(openTexts.length)} ${openTexts.length === 1 ? 'text' : 'texts'}`}
          />
          <Examples run={run} labels={labels} texts={openTexts} emptyText="No such texts" />
        </>
      )}
    </>
  );
}

/** Accuracy, macro F1, the weakest label, and the accuracy of baselines. */
function Metrics({
  evaluation,
  texts,
  threshold,
  hasSeveralLabels,
  labelRows,
}: Omit<PredictedLabelsProps, 'run'> & { hasSeveralLabels: boolean; labelRows: readonly EachLabel[] }) {
  const { metrics, baselines } = evaluation;
  const { atLeast: evaluatedThreshold = 0 } = evaluation.labelled!;
  // Intervals apply only to the threshold used in the evaluation.
  const isEvaluatedThreshold = !hasSeveralLabels || threshold === evaluatedThreshold;
  const weakest = weakestLabel(labelRows, hasSeveralLabels ? 'F1' : 'recall');
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Right</dt>
        <dd>
          {formatCount(texts.filter(isRight).length)} of {formatCount(texts.length)}{' '}
          <small>
            {metrics['accuracy'] &&
              isEvaluatedThreshold &&
              `${estimateWords(metrics['accuracy']).interval ?? estimateWords(metrics['accuracy']).value} %`}
          </small>
        </dd>
      </div>
      <Fact
        name="Macro F1"
        figure={
          isEvaluatedThreshold
            ? metrics['macroF1']
            : { value: 100 * meanOf(labelRows.flatMap((row) => f1Of(row) ?? [])), unit: '%' }
        }
      />
      {weakest && (
        <div>
          <dt>{weakest.term}</dt>
          <dd>{weakest.words}</dd>
        </div>
      )}
      {Object.entries(baselines).map(([name, { accuracy }]) =>
        accuracy === undefined ? null : (
          <div key={name}>
            <dt>{baselineWords(name).short}</dt>
            <dd>{estimateWords({ value: accuracy }).value} %</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** Label and finding in the URL: Evaluate links to them. */
function useLinkedFinding(labels: readonly string[]): readonly [number, Finding] | undefined {
  const query = new URLSearchParams(useSearch());
  const labelIndex = labels.indexOf(query.get('label') ?? '');
  const finding = FINDINGS.find((id) => id === query.get('finding'));
  return labelIndex >= 0 && finding ? [labelIndex, finding] : undefined;
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

function Fact({ name, figure }: { name: string; figure: Evaluation['metrics'][string] | undefined }) {
  if (!figure) return null;
  const { value, interval } = estimateWords(figure);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {figure.unit && ` ${figure.unit}`} {interval !== undefined && <small>{interval}</small>}
      </dd>
    </div>
  );
}

/** Shown if a word-count model (naive Bayes) may be as accurate as the classifier. */
function NaiveBayesNotice({ evaluation: { metrics, baselines } }: { evaluation: Evaluation }) {
  const accuracy = metrics['accuracy'];
  const naiveBayes = baselines['naiveBayes']?.['accuracy'];
  if (!accuracy || naiveBayes === undefined || naiveBayes < (accuracy.low ?? accuracy.value)) return null;
  const isBetter = naiveBayes > (accuracy.high ?? accuracy.value);
  const estimate = estimateWords({ value: naiveBayes }).value;
  return (
    <Notice
      tone="warn"
      isPlain
      title={isBetter ? 'A word-count model still beats it' : 'A word-count model may be as good'}
    >
      Naive Bayes gets {estimate} % right{isBetter ? '' : ': too few texts to say which is better'}. A base model
      trained on similar text may help.
    </Notice>
  );
}
