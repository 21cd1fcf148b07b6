import { formatCount, formatKernels } from '../../core/base/units';
import { beatsTrigram, trigramWords } from '../../core/plan/planWords';
import { plannedNow } from '../../state/plan';
import { dataState, tokenizerState, type ArtefactState } from '../../state/preparation';
import { useShownPart, useStudio } from '../../state/react';
import { isBeginning } from '../../state/phase';
import { describeWork, IDLE, type Work } from '../../state/work';
import { Block, Icon, Progress } from '../../ui';
import { nameWithin } from './deviceName';
import styles from './TrainPage.module.css';

/** Steps before the first training step: reading files, tokenizer, data, and compilation. */
export function Preparing() {
  const reading = useStudio((s) => (s.takingIn.includes(s.project.id) ? s.importing : IDLE));
  const tokenizing = useStudio((s) => s.tokenizing);
  const building = useStudio((s) => s.building);
  const tokenizer = useStudio(tokenizerState);
  const data = useStudio(dataState);
  const trigramNote = useStudio((s) => {
    const plan = plannedNow(s);
    return plan?.trigram && !beatsTrigram(plan.trigram, plan.seconds)
      ? trigramWords(plan.trigram, plan.seconds)
      : undefined;
  });
  return (
    <Block isWideGutter>
      <ol className={styles.steps}>
        {reading.kind === 'busy' && <PreparationStep name="Text" state="none" work={reading} />}
        <PreparationStep name="Tokenizer" state={tokenizer} work={tokenizing} />
        <PreparationStep name="Data" state={data} work={building} />
        <PreparationStep name="Training step" state="none" />
      </ol>
      {trigramNote !== undefined && <p className={styles.quiet}>{trigramNote}</p>}
    </Block>
  );
}

function PreparationStep({ name, state, work }: { name: string; state: ArtefactState; work?: Work }) {
  const busy = work && describeWork(work);
  return (
    <li>
      {state === 'done' && !busy ? <Icon name="check" tone="ok" /> : <span className={styles.pending} />}
      <b>{name}</b>
      {busy ? (
        <Progress {...busy} delayMs={0} />
      ) : (
        <span className={styles.quiet}>{state === 'done' ? 'ready' : 'waiting'}</span>
      )}
    </li>
  );
}

/** Compilation and the first step; their duration isn't known in advance. */
export function Compiling() {
  const isMeasured = useShownPart('train', ({ log }) => log.evaluations.length > 0 && log.step.length === 0);
  const device = useStudio((s) => nameWithin(s.device.kind === 'open' ? s.device.info : undefined));
  const isResuming = useShownPart('train', ({ log }) => log.step.length > 0);
  const isCompiled = useShownPart('train', ({ phase }) => isBeginning(phase));
  const kernels = useShownPart('train', ({ phase }) => (phase.kind === 'compiling' ? phase.kernels : undefined));
  const { done, of } = kernels ?? { done: 0, of: 1 };
  const isFirstStep = isMeasured || isCompiled;
  const doneWords = kernels ? `${formatCount(done)} done, ` : '';
  return (
    <Block isWideGutter>
      <Progress
        label={
          isFirstStep
            ? 'Running the first step'
            : `Compiling ${kernels ? formatKernels(kernels.of) : 'the training step'}`
        }
        detail={
          isFirstStep
            ? isResuming
              ? ''
              : 'measuring the untrained model'
            : `${doneWords}for ${device}, once per model`
        }
        value={isFirstStep ? 0 : done}
        max={of}
        delayMs={0}
      />
    </Block>
  );
}
