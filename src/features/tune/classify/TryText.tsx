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
import { percent } from './judged';
import styles from './Classify.module.css';

/** The answer for a pasted text, and the words that changed it. */
export function TryText({ run }: { run: RunRow['record'] }) {
  const store = useStudioStore();
  const [draft, write] = useState('');
  const [given, setGiven] = useState<{ of: string; given: GivenLabels; why?: Decided }>();
  const [asking, setAsking] = useState<Work>(IDLE);
  const turn = useRef(0);
  const classify = async (): Promise<void> => {
    const mine = ++turn.current;
    const isMine = (): boolean => turn.current === mine;
    await work(
      (state) => isMine() && setAsking(state),
      Date.now,
      async (options) => {
        const { classify: ask } = await store.getState().classifying();
        const found = await ask(run.id, draft, options);
        if (isMine()) setGiven({ of: draft, given: found });
        const label = likeliest(found.probabilities);
        const input = { ...usedModel(store.getState(), run.id), text: draft, label };
        const why = await store.workers.gpu.call('decided', input, { signal: options.signal });
        if (isMine()) setGiven({ of: draft, given: found, why });
      },
    );
  };
  const [, go] = useLocation();
  const correction = useCorrection(run.id, given?.of ?? '', go);
  return (
    <>
      <PaneHead
        title="Try a text"
        aside={
          (draft !== '' || given) && (
            <TextAction
              onPress={() => {
                turn.current++;
                write('');
                setGiven(undefined);
                setAsking(IDLE);
              }}
            >
              Clear
            </TextAction>
          )
        }
      />
      <Block>
        <TextField label="Text" hideLabel value={draft} onChange={write} rows={5} isProse placeholder="Paste a text" />
        <p className={styles.act}>
          {asking.kind === 'busy' ? (
            <Button isDense icon="stop" minWidth={WIDTH} onPress={asking.stop}>
              Stop
            </Button>
          ) : (
            <Button
              isDense
              minWidth={WIDTH}
              disabledReason={draft.trim() === '' ? 'Paste a text first' : undefined}
              onPress={() => void classify()}
            >
              Classify
            </Button>
          )}
        </p>
      </Block>
      {asking.kind === 'failed' && (
        <Notice tone="error" isPlain title="Couldn’t classify the text">
          {explain(asking.failure)}
        </Notice>
      )}
      {given && (
        <Given classes={run.model.config.classes!} given={given.given} why={given.why} correction={correction} />
      )}
    </>
  );
}

/** Width of the button in px, whichever button it is. */
const WIDTH = 88;

/** Labels with the confidence in each, and the words that changed the answer. */
export function Given({
  classes: { labels, several },
  given,
  why,
  correction,
}: {
  classes: Classes;
  given: GivenLabels;
  why: Decided | undefined;
  correction: ShownCorrection;
}) {
  const order = [...labels.keys()].sort((a, b) => given.probabilities[b]! - given.probabilities[a]!);
  const bars = order.slice(0, MAX_BARS).map((place) => {
    const share = given.probabilities[place]!;
    return { label: labels[place]!, share, value: percent(share) };
  });
  return (
    <>
      <p className={styles.answer} role="status">
        {given.labels.length > 0 ? (
          <>
            It is <b>{given.labels.join(', ')}</b>
          </>
        ) : (
          <b>{several ? 'None of its labels' : 'Not sure'}</b>
        )}
        {given.read < given.tokens &&
          `; truncated to ${formatCount(given.read)} of ${formatCount(given.tokens)} tokens`}
      </p>
      {!several && <Correction labels={labels} predicted={given.labels[0]} {...correction} />}
      <LabelBars label="Confidence in each label" bars={bars} />
      {why && <DecidedWords labels={labels} label={order[0]!} isMany={several === true} decided={why} />}
    </>
  );
}
const MAX_BARS = 12;
