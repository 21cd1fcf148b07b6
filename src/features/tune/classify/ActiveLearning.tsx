import { useState } from 'react';
import { counted, formatCount } from '../../../core/base/units';
import type { RunRow } from '../../../protocol/data';
import type { TextToLabel } from '../../../protocol/gpu';
import { explain } from '../../../state/failures';
import { useStudio, useStudioStore } from '../../../state/react';
import { usedModel } from '../../../state/trained';
import { toTuneOn } from '../../../state/tuningInputs';
import { describeWork, IDLE, type Work, work } from '../../../state/work';
import { Block, Button, EmptyState, Notice, Progress } from '../../../ui';
import styles from './Classify.module.css';
import { LabelQuestion } from './LabelQuestion';

/** Unlabeled texts that the model picked, and the user's answers to the first of them. */
interface LabelingRound {
  texts: readonly TextToLabel[];
  /** Number of unlabeled texts that they were picked from. */
  of: number;
  /** Labels given so far; null: skipped. */
  answers: readonly (readonly string[] | null)[];
}

/** Active learning: asks for labels of the most informative unlabeled texts, with keys. */
export function ActiveLearning({
  run,
  labels,
  unlabeled,
}: {
  run: RunRow['record'];
  labels: readonly string[];
  unlabeled: number;
}) {
  const { round, search, startRound, answer, undo } = useLabelingRound(run.id);
  const progressWords = describeWork(search);
  if (progressWords)
    return (
      <Block>
        <Progress {...progressWords} />
      </Block>
    );
  if (search.kind === 'failed')
    return (
      <Notice
        tone="error"
        isPlain
        title="Couldn’t choose texts to label"
        actions={
          <Button isDense onPress={() => void startRound()}>
            Try again
          </Button>
        }
      >
        {explain(search.failure)}
      </Notice>
    );
  if (!round)
    return (
      <EmptyState
        action={
          unlabeled > 0 && (
            <Button variant="go" onPress={() => void startRound()}>
              Start labeling
            </Button>
          )
        }
      >
        {unlabeled === 0
          ? 'Every text has a label. Rows without one appear here.'
          : `${counted(unlabeled, 'unlabeled text')}. Active learning picks the ${formatCount(Math.min(unlabeled, ROUND_SIZE))} that help most.`}
      </EmptyState>
    );
  const { texts, answers } = round;
  const text = texts[answers.length];
  return (
    <>
      <p className={styles.words}>
        {formatCount(answers.length)} of {formatCount(texts.length)}, picked from {formatCount(round.of)} unlabeled
        texts
      </p>
      {text ? (
        <LabelQuestion
          key={answers.length}
          text={text}
          labels={labels}
          hasSeveralLabels={run.model.config.classes?.several === true}
          onAnswer={answer}
          onUndo={undo}
          canUndo={answers.length > 0}
        />
      ) : (
        <RoundEnd
          run={run}
          labeled={answers.filter((given) => given !== null).length}
          onUndo={() => void undo()}
          onMore={() => void startRound()}
        />
      )}
    </>
  );
}
const ROUND_SIZE = 20;

/** Picks texts to label, and stores the labels one by one. */
function useLabelingRound(runId: string) {
  const store = useStudioStore();
  const [round, setRound] = useState<LabelingRound>();
  const [search, setSearch] = useState<Work>(IDLE);
  const startRound = async (): Promise<void> => {
    const picked = await work(setSearch, Date.now, (options) => {
      const texts = toTuneOn(store.getState(), 'classify').map(({ id }) => id);
      const input = { ...usedModel(store.getState(), runId), texts, count: ROUND_SIZE };
      return store.workers.gpu.call('toLabel', input, options);
    });
    if (picked) setRound({ ...picked, answers: [] });
  };
  const storeLabels = async ({ textId, place }: TextToLabel, labels: readonly string[] | null): Promise<boolean> => {
    const { label: setLabels } = await store.getState().classifying();
    return setLabels(textId, place, labels);
  };
  const answer = async (labels: readonly string[] | null): Promise<void> => {
    if (!round) return;
    const index = round.answers.length;
    const text = round.texts[index];
    if (!text) return;
    setRound({ ...round, answers: [...round.answers, labels] });
    if (labels === null || (await storeLabels(text, labels))) return;
    // The labels couldn't be stored: marks the text as skipped, even if later texts have answers already.
    setRound((current) =>
      current?.texts === round.texts && current.answers[index] === labels
        ? { ...current, answers: current.answers.with(index, null) }
        : current,
    );
  };
  const undo = async (): Promise<void> => {
    const last = round?.answers.at(-1);
    if (!round || last === undefined) return;
    const answers = round.answers.slice(0, -1);
    setRound({ ...round, answers });
    if (last === null || (await storeLabels(round.texts[answers.length]!, null))) return;
    setRound((current) => (current?.answers === answers ? round : current));
  };
  return { round, search, startRound, answer, undo };
}

/** Offers to continue training with the new labels, to undo, or to label more. */
function RoundEnd(p: { run: RunRow['record']; labeled: number; onUndo: () => void; onMore: () => void }) {
  const { run, labeled } = p;
  const store = useStudioStore();
  const isTraining = useStudio((s) => s.training !== null);
  /** Continues training from this classifier; its classification head stays if no label is new. */
  const continueTraining = (): Promise<void> => {
    const { setTuning, tune, runs } = store.getState();
    const row = runs?.find(({ record }) => record.id === run.id);
    // Trains all parameters if the run did.
    if (row) setTuning({ base: { runId: run.id, step: row.step }, ...(!run.trainable && { learns: 'all' }) });
    return tune('classify');
  };
  return (
    <EmptyState
      action={
        <span className={styles.links}>
          <Button
            variant="go"
            disabledReason={
              isTraining ? 'Available when training ends' : labeled === 0 ? 'Label a text first' : undefined
            }
            onPress={() => void continueTraining()}
          >
            Continue training
          </Button>
          <Button onPress={p.onUndo}>Undo last</Button>
          <Button onPress={p.onMore}>Label more</Button>
        </span>
      }
    >
      {labeled === 0
        ? 'All skipped. Label more, or undo the last one.'
        : `${counted(labeled, 'text')} labeled. Training continues from this classifier with them included.`}
    </EmptyState>
  );
}
