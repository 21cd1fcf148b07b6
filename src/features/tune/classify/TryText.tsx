import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Decided } from '../../../core/evaluate/decided';
import { formatCount } from '../../../core/base/units';
import { likeliest } from '../../../core/base/likeliest';
import type { Classes } from '../../../core/models/spec';
import type { RunRow } from '../../../protocol/data';
import type { GivenLabels } from '../../../protocol/gpu';
import { explain } from '../../../state/failures';
import { useStudioStore } from '../../../state/react';
import { usedModel } from '../../../state/trained';
import { type ShownCorrection, useCorrection } from '../../../state/useCorrection';
import { IDLE, type Work, work } from '../../../state/work';
import {
  Block,
  Button,
  Correction,
  DecidedWords,
  LabelBars,
  Notice,
  PaneHead,
  TextAction,
  TextField,
} from '../../../ui';
import { percent } from './predictedTexts';
import styles from './Classify.module.css';

interface Result {
  text: string;
  answer: GivenLabels;
  /** Words that changed the answer; undefined until found. */
  decided?: Decided;
}

/** Classification of one text; a newer request or `clear` discards the results of earlier ones. */
function useClassification(runId: string) {
  const store = useStudioStore();
  const [result, setResult] = useState<Result>();
  const [state, setState] = useState<Work>(IDLE);
  const latestRequest = useRef(0);
  const classify = async (text: string): Promise<void> => {
    const request = ++latestRequest.current;
    const isLatest = (): boolean => latestRequest.current === request;
    await work(
      (next) => isLatest() && setState(next),
      Date.now,
      async (options) => {
        const { classify: classifyText } = await store.getState().classifying();
        const answer = await classifyText(runId, text, options);
        if (isLatest()) setResult({ text, answer });
        const label = likeliest(answer.probabilities);
        const input = { ...usedModel(store.getState(), runId), text, label };
        const decided = await store.workers.gpu.call('decided', input, { signal: options.signal });
        if (isLatest()) setResult({ text, answer, decided });
      },
    );
  };
  const clear = (): void => {
    latestRequest.current++;
    setResult(undefined);
    setState(IDLE);
  };
  return { result, state, classify, clear };
}

/** The answer for a pasted text, and the words that changed it. */
export function TryText({ run }: { run: RunRow['record'] }) {
  const [draft, setDraft] = useState('');
  const { result, state, classify, clear } = useClassification(run.id);
  const [, go] = useLocation();
  const correction = useCorrection(run.id, result?.text ?? '', go);
  return (
    <>
      <PaneHead
        title="Try a text"
        aside={
          (draft !== '' || result) && (
            <TextAction
              onPress={() => {
                clear();
                setDraft('');
              }}
            >
              Clear
            </TextAction>
          )
        }
      />
      <Block>
        <TextField
          label="Text"
          hideLabel
          value={draft}
          onChange={setDraft}
          rows={5}
          isProse
          placeholder="Paste a text"
        />
        <p className={styles.act}>
          {state.kind === 'busy' ? (
            <Button isDense icon="stop" minWidth={BUTTON_WIDTH} onPress={state.stop}>
              Stop
            </Button>
          ) : (
            <Button
              isDense
              minWidth={BUTTON_WIDTH}
              disabledReason={draft.trim() === '' ? 'Paste a text first' : undefined}
              onPress={() => void classify(draft)}
            >
              Classify
            </Button>
          )}
        </p>
      </Block>
      {state.kind === 'failed' && (
        <Notice tone="error" isPlain title="Couldn’t classify the text">
          {explain(state.failure)}
        </Notice>
      )}
      {result && (
        <Answer
          classes={run.model.config.classes!}
          answer={result.answer}
          decided={result.decided}
          correction={correction}
        />
      )}
    </>
  );
}

/** Width of both buttons, in px. */
const BUTTON_WIDTH = 88;

/** Labels with the confidence in each, and the words that changed the answer. */
export function Answer({
  classes: { labels, several: hasSeveralLabels },
  answer,
  decided,
  correction,
}: {
  classes: Classes;
  answer: GivenLabels;
  decided: Decided | undefined;
  correction: ShownCorrection;
}) {
  const order = [...labels.keys()].sort((a, b) => answer.probabilities[b]! - answer.probabilities[a]!);
  const bars = order.slice(0, MAX_BARS).map((labelIndex) => {
    const share = answer.probabilities[labelIndex]!;
    return { label: labels[labelIndex]!, share, value: percent(share) };
  });
  return (
    <>
      <p className={styles.answer} role="status">
        {answer.labels.length > 0 ? (
          <>
            It is <b>{answer.labels.join(', ')}</b>
          </>
        ) : (
          <b>{hasSeveralLabels ? 'None of its labels' : 'Not sure'}</b>
        )}
        {answer.read < answer.tokens &&
          `; truncated to ${formatCount(answer.read)} of ${formatCount(answer.tokens)} tokens`}
      </p>
      {!hasSeveralLabels && <Correction labels={labels} predicted={answer.labels[0]} {...correction} />}
      <LabelBars label="Confidence in each label" bars={bars} />
      {decided && (
        <DecidedWords labels={labels} label={order[0]!} isMany={hasSeveralLabels === true} decided={decided} />
      )}
    </>
  );
}
const MAX_BARS = 12;
