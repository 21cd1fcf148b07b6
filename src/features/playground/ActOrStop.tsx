import { formatCount, formatDuration } from '../../core/base/units';
import { isTraining } from '../../state/openRun';
import { isChatting, playgroundKind } from '../../state/playground';
import { useNow, useStudio } from '../../state/react';
import { Button, Progress } from '../../ui';
import { lackingWords, wordsOf } from './kinds';
import styles from './PlaygroundPage.module.css';
import type { Writing } from '../../state/slices/playground';

/**
 * Button that starts or stops generation, with its progress.
 * @param onLacking called if it is pressed while required input is missing
 */
export function ActOrStop({ onLacking }: { onLacking?: () => void }) {
  const isRunning = useStudio(isTraining);
  return (
    <>
      {isRunning && <p className={styles.pace}>Training shares the device, so this is slower</p>}
      <Act onLacking={onLacking} />
    </>
  );
}

function Act({ onLacking }: { onLacking: (() => void) | undefined }) {
  const { act, acting } = useStudio(wordsOf);
  const isChat = useStudio(isChatting);
  const writesTokens = useStudio((s) => ['decoder', 'encoder-decoder'].includes(playgroundKind(s)));
  const writing = useStudio((s) => s.writing);
  const written = useStudio((s) => s.written.length);
  const blanks = useStudio((s) => s.filled?.blanks.length ?? 0);
  const length = useStudio((s) => s.sampling.length);
  const generate = useStudio((s) => s.generate);
  const isLacking = useStudio((s) => lackingWords(s) !== undefined);
  const now = useNow(writing.kind === 'writing');
  if (writing.kind === 'writing') {
    const left = written > 0 ? ((now - writing.since) * (length - written)) / written : 0;
    const detail = `${formatCount(written)} of ${formatCount(length)} tokens`;
    return (
      <div className={styles.write}>
        <Button isDense icon="stop" minWidth={84} onPress={writing.stop}>
          Stop
        </Button>
        <div className={styles.status}>
          {writesTokens ? (
            <Progress
              label={acting}
              detail={left < 1000 ? detail : `${detail} · ${formatDuration(left)} left`}
              value={written}
              max={length}
            />
          ) : (
            acting
          )}
        </div>
      </div>
    );
  }
  return (
    <div className={styles.write}>
      <Button
        variant="go"
        isDense
        minWidth={84}
        onPress={() => (isLacking && onLacking ? onLacking() : void generate())}
      >
        {act}
      </Button>
      <span className={styles.status}>{readStatus(writing, written, blanks, isChat)}</span>
    </div>
  );
}

/** Says how the last generation ended. */
function readStatus(writing: Writing, tokens: number, blanks: number, isChat: boolean): string {
  if (writing.kind !== 'done') return '';
  const { reason, ms, leftOut = 0 } = writing;
  const many = `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
  const dropped = leftOut > 0 ? `. Dropped the first ${formatCount(leftOut)} messages: they no longer fit` : '';
  switch (reason) {
    case 'length':
      return `${many} in ${formatDuration(ms)}${dropped}`;
    case 'filled':
      return `${formatCount(blanks)} ${blanks === 1 ? 'blank' : 'blanks'} in ${formatDuration(ms)}`;
    case 'classified':
      return `Classified in ${formatDuration(ms)}`;
    case 'stopped':
      return `Stopped after ${many}${dropped}`;
    case 'end':
      return `${many}, then the model ended ${isChat ? 'its turn' : 'the text'}${dropped}`;
    default:
      return reason satisfies never;
  }
}
