import { formatCount, formatDuration } from '../../core/base/units';
import { isTraining } from '../../state/openRun';
import { isChatting, playgroundKind } from '../../state/playground';
import { useNow, useStudio } from '../../state/react';
import { Button, Progress } from '../../ui';
import { missingInputWords, kindTexts } from './kinds';
import styles from './PlaygroundPage.module.css';
import type { Writing } from '../../state/slices/playground';

/**
 * Button that starts or stops generation, with its progress.
 * @param onLacking called if it is pressed while required input is missing
 */
export function GenerateOrStop({ onMissingInput }: { onMissingInput?: () => void }) {
  const isRunning = useStudio(isTraining);
  return (
    <>
      {isRunning && <p className={styles.pace}>Training shares the device, so this is slower</p>}
      <GenerateButton onMissingInput={onMissingInput} />
    </>
  );
}

function GenerateButton({ onMissingInput }: { onMissingInput: (() => void) | undefined }) {
  const { action, progress } = useStudio(kindTexts);
  const isChat = useStudio(isChatting);
  const writesTokens = useStudio((s) => ['decoder', 'encoder-decoder'].includes(playgroundKind(s)));
  const writing = useStudio((s) => s.writing);
  const tokenCount = useStudio((s) => s.written.length);
  const blanks = useStudio((s) => s.filled?.blanks.length ?? 0);
  const maxTokens = useStudio((s) => s.sampling.length);
  const generate = useStudio((s) => s.generate);
  const isInputMissing = useStudio((s) => missingInputWords(s) !== undefined);
  const now = useNow(writing.kind === 'writing');
  if (writing.kind === 'writing') {
    const remainingMs = tokenCount > 0 ? ((now - writing.since) * (maxTokens - tokenCount)) / tokenCount : 0;
    const detail = `${formatCount(tokenCount)} of ${formatCount(maxTokens)} tokens`;
    return (
      <div className={styles.write}>
        <Button isDense icon="stop" minWidth={84} onPress={writing.stop}>
          Stop
        </Button>
        <div className={styles.status}>
          {writesTokens ? (
            <Progress
              label={progress}
              detail={remainingMs < 1000 ? detail : `${detail} · ${formatDuration(remainingMs)} left`}
              value={tokenCount}
              max={maxTokens}
            />
          ) : (
            progress
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
        onPress={() => (isInputMissing && onMissingInput ? onMissingInput() : void generate())}
      >
        {action}
      </Button>
      <span className={styles.status}>{resultWords(writing, tokenCount, blanks, isChat)}</span>
    </div>
  );
}

/** Says how the last generation ended. */
function resultWords(writing: Writing, tokens: number, blanks: number, isChat: boolean): string {
  if (writing.kind !== 'done') return '';
  const { reason, ms, leftOut = 0 } = writing;
  const tokenWords = `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
  const droppedWords = leftOut > 0 ? `. Dropped the first ${formatCount(leftOut)} messages: they no longer fit` : '';
  switch (reason) {
    case 'length':
      return `${tokenWords} in ${formatDuration(ms)}${droppedWords}`;
    case 'filled':
      return `${formatCount(blanks)} ${blanks === 1 ? 'blank' : 'blanks'} in ${formatDuration(ms)}`;
    case 'classified':
      return `Classified in ${formatDuration(ms)}`;
    case 'stopped':
      return `Stopped after ${tokenWords}${droppedWords}`;
    case 'end':
      return `${tokenWords}, then the model ended ${isChat ? 'its turn' : 'the text'}${droppedWords}`;
    default:
      return reason satisfies never;
  }
}
