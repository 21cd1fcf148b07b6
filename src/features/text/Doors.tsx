import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { formatShare } from '../../core/base/units';
import type { Sample } from '../../protocol/data';
import { timed } from '../../state/timed';
import { FIRST_SAMPLE } from '../../state/plan';
import { isTraining } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { sampleTime } from '../../state/sampleTime';
import { Button } from '../../ui';
import { FIRST_SHOWN, recorded } from './recorded';
import styles from './Doors.module.css';

interface Door {
  /** File name of the sample. */
  file: string;
  title: string;
  sample: string;
  /** What the model learns to do. */
  summary: string;
  input: string;
  output: ReactNode;
}

/** Tasks that a model can learn, each with a sample to try and an example answer. */
export function Doors() {
  const samples = useStudio((s) => s.samples);
  return (
    <ul className={styles.doors}>
      {DOORS.map((door, i) => (
        <DoorRow
          key={door.file}
          door={door}
          sample={samples.find(({ file }) => file === door.file)}
          isFirst={i === 0}
        />
      ))}
    </ul>
  );
}

function DoorRow({ door, sample, isFirst }: { door: Door; sample: Sample | undefined; isFirst: boolean }) {
  const grow = useStudio((s) => s.growSample);
  const isRunning = useStudio(isTraining);
  const isOpening = useStudio((s) => s.device.kind === 'opening');
  const time = useStudio((s) => sample && sampleTime(s, sample));
  const [, go] = useLocation();
  const train = (): void => {
    void grow(door.file);
    go('/train');
  };
  const buttonLabel = timed('Try it', time);
  return (
    <li>
      <h2>
        {door.title}
        <small>sample: {door.sample}</small>
      </h2>
      <p>{door.summary}</p>
      <span className={styles.act}>
        <Button
          minWidth={124}
          {...(isFirst && { variant: 'go' })}
          label={`${buttonLabel}, ${door.title}`}
          onPress={train}
          disabledReason={isRunning ? 'A run is in progress' : isOpening || !sample ? 'Opening the device' : undefined}
        >
          {buttonLabel}
        </Button>
      </span>
      <div className={styles.example} translate="no">
        <span className={styles.input}>{door.input}</span>
        <span className={styles.output}>{door.output}</span>
      </div>
    </li>
  );
}

const { prompt, samples, label, answer } = recorded;
const DOORS: readonly Door[] = [
  {
    file: FIRST_SAMPLE,
    title: 'Write like a text',
    sample: 'Moby Dick',
    summary: 'The model learns a style and continues any sentence',
    input: prompt,
    output: samples[FIRST_SHOWN]!.words.slice(prompt.length).trim(),
  },
  {
    file: 'spam-or-not.csv',
    title: 'Sort text by label',
    sample: '605 emails, spam or not',
    summary: 'The model learns from examples and labels the rest',
    input: label.input,
    output: (
      <>
        <b>{label.label}</b>
        <small>{formatShare(label.share)}</small>
      </>
    ),
  },
  {
    file: 'toy-tasks.csv',
    title: 'Answer questions',
    sample: '24,000 letter puzzles',
    summary: 'The model learns from pairs and answers new ones',
    input: answer.input,
    output: answer.output,
  },
];
