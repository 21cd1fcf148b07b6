import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { formatDuration, formatShort } from '../../core/base/units';
import type { Sample } from '../../protocol/data';
import { FIRST_MINUTES } from '../../state/plan';
import { useStudio } from '../../state/react';
import { isTraining } from '../../state/openRun';
import { Button, Table, type Column, text } from '../../ui';
import styles from './SampleTable.module.css';

/** The bundled texts: one click reads, tokenises and trains. */
export function SampleTable() {
  const all = useStudio((s) => s.samples);
  const samples = useMemo(() => all.filter(({ labels }) => !labels), [all]);
  const grow = useStudio((s) => s.growSample);
  const isRunning = useStudio(isTraining);
  const isOpening = useStudio((s) => s.device.kind === 'opening');
  const [, go] = useLocation();
  if (samples.length === 0) return null;
  const time = `about ${formatDuration(60_000 * FIRST_MINUTES)}`;

  const train = ({ file }: Sample) => {
    void grow(file);
    go('/train');
  };
  const columns: readonly Column<Sample>[] = [
    {
      id: 'sample',
      header: 'Sample',
      cell: ({ title, description, characters, licence }) => (
        <span className={styles.sample}>
          {title}
          <small>
            {description}, {formatShort(characters)} characters, {licence.replace(/ \(.*/, '').toLowerCase()}
          </small>
          <small className={styles.onPhone}>{time}</small>
        </span>
      ),
    },
    {
      id: 'good',
      header: 'Good for',
      cell: ({ goodFor }) => <span className={styles.words}>{goodFor}</span>,
      isQuiet: true,
      leaveOut: 'phone',
    },
    {
      id: 'time',
      header: 'On this device',
      cell: () => time,
      isNumber: true,
      isQuiet: true,
      leaveOut: 'phone',
    },
    {
      id: 'act',
      header: <span className={text.hidden}>Action</span>,
      isNumber: true,
      width: '1%',
      cell: (sample) => (
        <Button
          isDense
          {...(sample === samples[0] && { variant: 'go', icon: 'play' })}
          label={`Train on it, ${sample.title}`}
          onPress={() => train(sample)}
          disabledReason={isRunning ? 'A run is in progress' : isOpening ? 'The device is being opened' : undefined}
        >
          Train on it
        </Button>
      ),
    },
  ];
  return (
    <section className={styles.samples}>
      <h2>Or begin with a sample</h2>
      <Table label="Samples" columns={columns} rows={samples} rowKey={(sample) => sample.file} />
      <p>
        One click reads, tokenises and trains with what suits the sample and this device in that time. Every choice
        stays open to change, and Stop always saves.
      </p>
    </section>
  );
}
