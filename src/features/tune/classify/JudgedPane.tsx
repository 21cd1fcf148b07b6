import { useMemo, useState } from 'react';
import { useSearch } from 'wouter';
import { formatCount } from '../../../core/base/units';
import { eachLabel, f1Of } from '../../../core/evaluate/eachLabel';
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
import { inCell, inFinding, isRight, type Judged, judgedTexts, likelyWrong, weakestLabel, worst } from './judged';
import { MeasuredBefore, NotMeasured } from './Measure';
import { ToLabel } from './ToLabel';
import type { ClassifySituation } from './useClassify';

type View = 'matrix' | 'mistakes' | 'doubtful' | 'toLabel';

/** Evaluation of the classifier: confusion matrix, mistakes, suspect labels, and texts to label. */
export function JudgedPane({ situation }: { situation: ClassifySituation }) {
  const { judged, classifier, step, survey } = situation;
  const isOfMistakes = new URLSearchParams(useSearch()).get('show') === 'mistakes';
  const [view, setView] = useState<View>(isOfMistakes ? 'mistakes' : 'matrix');
  const labeled = judged?.evaluation.labelled;
  const { classes } = classifier?.record.model.config ?? {};
  const atLeast = (classes?.several && classifier?.record.decision?.atLeast) || 0;
  const texts = useMemo(() => (labeled ? judgedTexts(labeled, atLeast) : []), [labeled, atLeast]);
  const mistakes = useMemo(() => worst(texts), [texts]);
  const doubtful = useMemo(() => likelyWrong(texts, labeled?.labels.length ?? 0), [texts, labeled]);
  const unlabeled = survey.summary?.unlabeled ?? 0;
  return (
    <TabbedPane<View>
      label="Evaluation"
      isFirstOnPhone={isOfMistakes}
      value={view}
      onChange={setView}
      tabs={[
        { id: 'matrix', label: 'Confusion matrix' },
        { id: 'mistakes', label: 'Mistakes', ...(labeled && { count: formatCount(mistakes.length) }) },
        { id: 'doubtful', label: 'Suspect labels', ...(labeled && { count: formatCount(doubtful.length) }) },
        { id: 'toLabel', label: 'Unlabeled', ...(survey.summary && { count: formatCount(unlabeled) }) },
      ]}
    >
      {classifier && judged && labeled && <MeasuredBefore run={classifier.record} step={judged.step} used={step} />}
      {!classifier ? (
        <EmptyStage figure={<ExampleMatrix />}>See which labels your classifier confuses</EmptyStage>
      ) : judged === undefined ? null : judged === null || !labeled ? (
        <NotMeasured run={classifier.record} isMeasured={judged !== null} />
      ) : view === 'matrix' ? (
        <Wanted
          key={`${judged.runId} ${judged.step}`}
          evaluation={judged.evaluation}
          texts={texts}
          atLeast={atLeast}
          run={classifier.record}
        />
      ) : view === 'mistakes' ? (
        <Examples
          run={classifier.record}
          labels={labeled.labels}
          texts={mistakes}
          nothing="No mistakes on the held-out texts"
        />
      ) : view === 'doubtful' ? (
        <Examples
          run={classifier.record}
          labels={labeled.labels}
          texts={doubtful}
          nothing="No suspect labels in the validation set"
          words="The model is confident in a different label here. Check these: label or model may be wrong."
        />
      ) : (
        <ToLabel key={classifier.record.id} run={classifier.record} labels={labeled.labels} unlabeled={unlabeled} />
      )}
    </TabbedPane>
  );
}

function Wanted({
  evaluation,
  texts,
  atLeast,
  run,
}: {
  evaluation: Evaluation;
  texts: readonly Judged[];
  /** Probability threshold of a label, for multi-label texts. */
  atLeast: number;
  run: NonNullable<ClassifySituation['classifier']>['record'];
}) {
  const { confusion, metrics } = evaluation;
  const { labels, atLeast: measuredAt = 0 } = evaluation.labelled!;
  const several = run.model.config.classes?.several === true;
  // Intervals apply only to the threshold used in the evaluation.
  const isAsMeasured = !several || atLeast === measuredAt;
  const [shows, setShows] = useState<'count' | 'share'>('count');
  const [cell, choose] = useState<readonly [wanted: number, given: number]>();
  const [of, chooseOf] = useState(useAskedFinding(labels));
  const each = useMemo(
    () =>
      eachLabel(
        evaluation.labelled!,
        texts.map(({ given }) => given),
      ),
    [evaluation, texts],
  );
  const opened = several ? of && inFinding(texts, ...of) : cell && inCell(texts, cell[0], cell[1]);
  const title = several
    ? of && `${labels[of[0]]!}, ${FINDING_WORDS[of[1]]}`
    : cell && `Actual ${labels[cell[0]]!}, predicted ${labels[cell[1]]!}`;
  const weakest = weakestLabel(each, several ? 'F1' : 'recall');
  return (
    <>
      <BetterByCounting evaluation={evaluation} />
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
          <Matrix {...confusion} shows={shows} chosen={cell} onChoose={choose} />
        </>
      ) : several ? (
        <LabelTable rows={each.map((row) => ({ ...row, f1: f1Of(row) }))} chosen={of} onChoose={chooseOf} />
      ) : (
        <Block>{formatCount(labels.length)} labels don’t fit in a matrix. Wrong answers are under Mistakes.</Block>
      )}
      <dl className={styles.facts}>
        <div>
          <dt>Right</dt>
          <dd>
            {formatCount(texts.filter(isRight).length)} of {formatCount(texts.length)}{' '}
            <small>
              {metrics['accuracy'] &&
                isAsMeasured &&
                `${estimateWords(metrics['accuracy']).interval ?? estimateWords(metrics['accuracy']).value} %`}
            </small>
          </dd>
        </div>
        <Fact
          name="Macro F1"
          figure={
            isAsMeasured
              ? metrics['macroF1']
              : { value: 100 * meanOf(each.flatMap((label) => f1Of(label) ?? [])), unit: '%' }
          }
        />
        {weakest && (
          <div>
            <dt>{weakest.term}</dt>
            <dd>{weakest.words}</dd>
          </div>
        )}
        {Object.entries(evaluation.baselines).map(([name, { accuracy }]) =>
          accuracy === undefined ? null : (
            <div key={name}>
              <dt>{baselineWords(name).short}</dt>
              <dd>{estimateWords({ value: accuracy }).value} %</dd>
            </div>
          ),
        )}
      </dl>
      {opened && (
        <>
          <PaneHead title={title!} hint={`${formatCount(opened.length)} ${opened.length === 1 ? 'text' : 'texts'}`} />
          <Examples run={run} labels={labels} texts={opened} nothing="No such texts" />
        </>
      )}
    </>
  );
}

/** Cell in the URL, such as a link from Evaluate. */
function useAskedFinding(labels: readonly string[]): readonly [number, Finding] | undefined {
  const asked = new URLSearchParams(useSearch());
  const [label, finding] = [labels.indexOf(asked.get('label') ?? ''), asked.get('finding')];
  const known = FINDINGS.find((each) => each === finding);
  return label >= 0 && known ? [label, known] : undefined;
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

/** Shown if a word-count model does as well. A base model that knows the language of the texts may do better. */
function BetterByCounting({ evaluation: { metrics, baselines } }: { evaluation: Evaluation }) {
  const own = metrics['accuracy'];
  const counting = baselines['naiveBayes']?.['accuracy'];
  if (!own || counting === undefined || counting < (own.low ?? own.value)) return null;
  const isBetter = counting > (own.high ?? own.value);
  const estimate = estimateWords({ value: counting }).value;
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
