import { useMemo, useState } from 'react';
import { formatCount } from '../../../core/base/units';
import type { Evaluation } from '../../../core/evaluate/evaluation';
import { baselineWords, estimateWords } from '../../../core/evaluate/words';
import { useStudio, useStudioStore } from '../../../state/react';
import { describeWork, IDLE, type Work, work } from '../../../state/work';
import { Block, Button, EmptyState, Notice, PaneHead, Progress, Segmented, TabbedPane } from '../../../ui';
import styles from './Classify.module.css';
import { Examples } from './Examples';
import { inCell, isRight, type Judged, judgedTexts, likelyWrong, percent, weakest, worst } from './judged';
import { Matrix } from './Matrix';
import { ToLabel } from './ToLabel';
import type { ClassifySituation } from './useClassify';

type View = 'matrix' | 'worst' | 'doubtful' | 'toLabel';

/** How right the classifier is, which it takes for which, and what would help. */
export function JudgedPane({ situation }: { situation: ClassifySituation }) {
  const { judged, classifier, survey } = situation;
  const [view, setView] = useState<View>('matrix');
  const labelled = judged?.evaluation.labelled;
  const texts = useMemo(() => (labelled ? judgedTexts(labelled) : []), [labelled]);
  const mistakes = useMemo(() => worst(texts), [texts]);
  const doubtful = useMemo(() => likelyWrong(texts, labelled?.labels.length ?? 0), [texts, labelled]);
  const unlabelled = survey.told?.unlabelled ?? 0;
  return (
    <TabbedPane<View>
      label="How right it is"
      value={view}
      onChange={setView}
      tabs={[
        { id: 'matrix', label: 'Wanted and given' },
        { id: 'worst', label: 'Worst', ...(labelled && { count: formatCount(mistakes.length) }) },
        { id: 'doubtful', label: 'Labels in doubt', ...(labelled && { count: formatCount(doubtful.length) }) },
        { id: 'toLabel', label: 'To label', ...(survey.told && { count: formatCount(unlabelled) }) },
      ]}
    >
      {!classifier ? (
        <EmptyState>
          Once a classifier has learnt, it is judged on the texts that were held out: which label it gives where which
          was wanted, and every mistake can be opened
        </EmptyState>
      ) : judged === undefined ? null : judged === null || !labelled ? (
        <NotMeasured runId={classifier.record.id} />
      ) : view === 'matrix' ? (
        <Wanted
          key={`${judged.runId} ${judged.step}`}
          evaluation={judged.evaluation}
          texts={texts}
          run={classifier.record}
        />
      ) : view === 'worst' ? (
        <Examples
          run={classifier.record}
          labels={labelled.labels}
          texts={mistakes}
          nothing="It made no mistake on what was held out"
        />
      ) : view === 'doubtful' ? (
        <Examples
          run={classifier.record}
          labels={labelled.labels}
          texts={doubtful}
          nothing="It is as unsure where it is wrong as it is of other texts: no label that was held out is in doubt"
          words="Of these it is as sure of another label as it is of texts that have it: the label may be wrong, or the model"
        />
      ) : (
        <ToLabel key={classifier.record.id} run={classifier.record} labels={labelled.labels} unlabelled={unlabelled} />
      )}
    </TabbedPane>
  );
}

function NotMeasured({ runId }: { runId: string }) {
  const store = useStudioStore();
  const isTraining = useStudio((s) => s.training?.runId === runId);
  const [measuring, setMeasuring] = useState<Work>(IDLE);
  const told = describeWork(measuring);
  if (isTraining) return <EmptyState>It is judged as soon as it has learnt</EmptyState>;
  return (
    <EmptyState
      action={
        told ? undefined : (
          <Button
            variant="go"
            onPress={() =>
              void work(setMeasuring, Date.now, async (options) =>
                (await store.getState().classifying()).judge(runId, options),
              )
            }
          >
            Measure it
          </Button>
        )
      }
    >
      {told ? <Progress {...told} /> : 'Its newest step was not measured on what it held out'}
    </EmptyState>
  );
}

function Wanted({
  evaluation,
  texts,
  run,
}: {
  evaluation: Evaluation;
  texts: readonly Judged[];
  run: NonNullable<ClassifySituation['classifier']>['record'];
}) {
  const { confusion, metrics } = evaluation;
  const { labels } = evaluation.labelled!;
  const [shows, setShows] = useState<'count' | 'share'>('count');
  const [cell, choose] = useState<readonly [wanted: number, given: number]>();
  const opened = cell && inCell(texts, cell[0], cell[1]);
  return (
    <>
      <BetterByCounting evaluation={evaluation} />
      {confusion ? (
        <>
          <div className={styles.how}>
            <span>wanted in rows, given in columns</span>
            <Segmented<'count' | 'share'>
              label="Cells show"
              value={shows}
              onChange={setShows}
              options={[
                { value: 'count', label: 'Count' },
                { value: 'share', label: 'Share' },
              ]}
            />
          </div>
          <Matrix confusion={confusion} shows={shows} chosen={cell} onChoose={choose} />
        </>
      ) : (
        <Block>Texts have several labels, so that none is given in place of another: the mistakes are in Worst</Block>
      )}
      <dl className={styles.facts}>
        <div>
          <dt>Right</dt>
          <dd>
            {formatCount(texts.filter(isRight).length)} of {formatCount(texts.length)}{' '}
            <small>
              {metrics['accuracy'] &&
                `${estimateWords(metrics['accuracy']).interval ?? estimateWords(metrics['accuracy']).value} %`}
            </small>
          </dd>
        </div>
        <Fact name="Macro F1" figure={metrics['macroF1']} />
        {confusion && weakest(confusion) && (
          <div>
            <dt>Weakest</dt>
            <dd>
              {weakest(confusion)!.label}, {percent(weakest(confusion)!.found)} found
            </dd>
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
      {cell && opened && (
        <>
          <PaneHead
            title={`Wanted ${labels[cell[0]]!}, given ${labels[cell[1]]!}`}
            hint={`${formatCount(opened.length)} ${opened.length === 1 ? 'text' : 'texts'}`}
          />
          <Examples run={run} labels={labels} texts={opened} nothing="There is no such text" />
        </>
      )}
    </>
  );
}

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

/** Said where counting words does as well, since a model that learnt the language of such texts first may do better. */
function BetterByCounting({ evaluation: { metrics, baselines } }: { evaluation: Evaluation }) {
  const own = metrics['accuracy'];
  const counting = baselines['naiveBayes']?.['accuracy'];
  if (!own || counting === undefined || counting < (own.low ?? own.value)) return null;
  const isBetter = counting > (own.high ?? own.value);
  const told = estimateWords({ value: counting }).value;
  return (
    <Notice tone="warn" isPlain title={isBetter ? 'Counting words does better' : 'Counting words does as well'}>
      Naive Bayes gets {told} % right{isBetter ? '' : ', which is not distinguishable from this'}. Train a model on text
      of this kind first, on Text and Train, then classify with it as the base: whether that helps, the interval says.
    </Notice>
  );
}
