import { useState } from 'react';
import { formatBytes, formatCount, formatReading } from '../../core/base/units';
import { headlineWords } from '../../core/objectives';
import type { KeptRun } from '../../core/runs/kept';
import { useStudio } from '../../state/react';
import { bringBackRefusal } from '../../state/refusals';
import { earlierRuns } from '../../state/runs';
import { Button, formatMoment, PaneHead } from '../../ui';
import styles from './EarlierRuns.module.css';
import { FreeDialog } from './FreeDialog';

/** The runs besides the current one: each can be brought back, or give back the room that its saved steps take. */
export function EarlierRuns() {
  const runs = useStudio((s) => s.runs);
  const model = useStudio((s) => s.model);
  const [asked, ask] = useState<KeptRun>();
  const earlier = earlierRuns({ runs, model });
  if (!runs || (earlier.length === 0 && !model)) return null;
  return (
    <>
      <PaneHead title="Earlier runs" {...(earlier.length > 0 && { hint: formatCount(earlier.length) })} />
      {earlier.length === 0 ? (
        <p className={styles.none}>None yet. A run that is begun or brought in leaves the one before it here.</p>
      ) : (
        <ul className={styles.runs} aria-label="Earlier runs">
          {earlier.map((run) => (
            <Row key={run.id} run={run} onFree={() => ask(run)} />
          ))}
        </ul>
      )}
      {asked && <FreeDialog run={asked} onClose={() => ask(undefined)} />}
    </>
  );
}

function Row({ run, onFree }: { run: KeptRun; onFree: () => void }) {
  const { id, name, createdAt, step, objective, loss, bytes } = run;
  const bringBack = useStudio((s) => s.bringBack);
  const refusal = useStudio(bringBackRefusal);
  const when = formatMoment(createdAt);
  /** Runs of one minute bear one name and moment. */
  const which = `${name}, ${when}, step ${formatCount(step)}`;
  const facts = [
    `step ${formatCount(step)}`,
    ...(loss === null ? [] : [headlineWords(objective, loss, formatReading)]),
    bytes === null ? 'what was saved cannot be read' : bytes > 0 ? `${formatBytes(bytes)} kept` : 'saved steps freed',
  ];
  return (
    <li>
      <div className={styles.what}>
        <p>
          <b>{name}</b> <span>{when}</span>
        </p>
        <p>{facts.join(' · ')}</p>
      </div>
      {bytes !== null && bytes > 0 && (
        <div className={styles.actions}>
          <Button isDense label={`Bring back ${which}`} disabledReason={refusal} onPress={() => void bringBack(id)}>
            Bring back
          </Button>
          <Button isDense variant="quiet" label={`Free the saved steps of ${which}`} onPress={onFree}>
            Free the saved steps…
          </Button>
        </div>
      )}
    </li>
  );
}
