/** Current activity in words: in the strip, its lower edge, the title, and for screen readers. */
import { lowerFirst } from '../core/base/firstLetter';
import { formatCount, formatDuration, formatKernels } from '../core/base/units';
import { endingWord } from '../core/train/endingWord';
import type { Counted } from '../core/train/run';
import { endingOfRun, spokenRun } from '../state/openRun';
import { busyExport } from '../state/export';
import { headline } from '../state/failures';
import { millisecondsLeft } from '../state/pace';
import { isBeginning } from '../state/phase';
import { playgroundKind } from '../state/playground';
import { describeWork, IDLE, type Work } from '../state/work';
import type { StripFact } from '../ui';
import type { Studio } from '../state/slices/studio';

interface PhaseReading {
  fact: StripFact;
  /** 0 to 1, for the edge; undefined without activity. */
  progress?: { label: string; share: number; isStopped?: boolean };
}

/** The most important activity: the run first, then the newest request. */
export function readPhase(s: Studio, now: number): PhaseReading {
  const run = readRun(s);
  if (run) return run;
  if (s.writing.kind === 'writing') return readWriting(s, now);
  const busy = [
    { label: 'Exporting', work: busyExport(s) ?? IDLE },
    { label: 'Evaluating', work: s.evaluating },
    { label: 'Importing', work: s.importingModel },
    { label: 'Tokenizer', work: s.tokenizing },
    { label: 'Data', work: s.building },
    { label: 'Reading', work: s.importing },
    { label: 'Migrating', work: s.migrating },
  ].find(({ work }) => work.kind === 'busy');
  if (busy) return readWork(busy.label, busy.work);
  return readIdle(s);
}

function readRun(s: Studio): PhaseReading | undefined {
  const { phase, log } = spokenRun(s);
  switch (phase.kind) {
    case 'preparing': {
      const work = [s.tokenizing, s.building, s.importing].find((task) => task.kind === 'busy');
      return work ? readWork('Preparing', work) : { fact: { label: 'Preparing', value: 'text to tokens' } };
    }
    case 'compiling':
      if (isBeginning(phase)) return { fact: { label: 'Running', value: 'the first step' } };
      return readCompiling(phase.kernels);
    case 'training':
    case 'stopping': {
      const left = millisecondsLeft(log, phase.of);
      const label = phase.kind === 'training' ? 'Training' : 'Stopping';
      const suffix =
        phase.kind === 'stopping' ? ', saving' : left === undefined ? '' : `, ${formatDuration(left)} left`;
      return {
        fact: { label, value: `step ${formatCount(phase.step)}`, detail: `of ${formatCount(phase.of)}${suffix}` },
        progress: { label, share: phase.of > 0 ? phase.step / phase.of : 0 },
      };
    }
    case 'idle':
    case 'stopped':
    case 'finished':
    case 'failed':
      return undefined;
    default:
      return phase satisfies never;
  }
}

function readCompiling(kernels?: Counted): PhaseReading {
  const [label, share] = ['Compiling', kernels ? kernels.done / kernels.of : 0];
  if (!kernels) return { fact: { label, value: 'the training step' }, progress: { label, share } };
  const { done, of } = kernels;
  const detail = `${formatCount(done)} done`;
  return { fact: { label, value: formatKernels(of), detail }, progress: { label, share } };
}

function readWriting(s: Studio, now: number): PhaseReading {
  const { written, sampling, writing } = s;
  if (playgroundKind(s) === 'classifier') return { fact: { label: 'Classifying', value: 'a text' } };
  if (playgroundKind(s) === 'encoder') return { fact: { label: 'Filling', value: 'the blanks of a passage' } };
  const tokenMs = writing.kind === 'writing' && written.length > 0 ? (now - writing.since) / written.length : undefined;
  const pace = tokenMs !== undefined && tokenMs >= 0.5 ? `, ${formatDuration(tokenMs)} per token` : '';
  return {
    fact: {
      label: 'Writing',
      value: `token ${formatCount(written.length)}`,
      detail: `of ${formatCount(sampling.length)}${pace}`,
    },
    progress: { label: 'Writing', share: Math.min(1, written.length / sampling.length) },
  };
}

function readWork(label: string, work: Work): PhaseReading {
  const busy = describeWork(work);
  if (!busy) return { fact: { label, value: '' } };
  return {
    fact: {
      label,
      value: lowerFirst(withoutLabel(label, busy.label)),
      ...(busy.detail !== '' && { detail: busy.detail }),
    },
    ...(busy.max > 0 && { progress: { label, share: busy.value / busy.max } }),
  };
}

function readIdle(s: Studio): PhaseReading {
  const { texts, tuneTexts, trainingElsewhere } = s;
  const run = spokenRun(s);
  const { phase, record, log } = run;
  const label = endingWord(endingOfRun(run));
  if (trainingElsewhere) {
    const step = record?.status === 'running' ? log.step.at(-1) : undefined;
    const detail = step === undefined ? {} : { detail: `step ${formatCount(step)}` };
    return { fact: { label: 'Training', value: 'in another tab', ...detail } };
  }
  switch (phase.kind) {
    case 'stopped':
      return {
        fact: { label, value: `step ${formatCount(phase.step)}`, detail: `of ${formatCount(phase.of)}` },
        progress: { label, share: phase.of > 0 ? phase.step / phase.of : 0 },
      };
    case 'finished':
      return { fact: { label, value: `step ${formatCount(phase.step)}` } };
    case 'failed':
      return {
        fact: { label, value: lowerFirst(headline(phase.failure)), tone: 'error' },
        progress: { label, share: phase.of > 0 ? phase.step / phase.of : 0, isStopped: true },
      };
    case 'idle':
    case 'preparing':
    case 'compiling':
    case 'training':
    case 'stopping':
      return {
        fact: {
          label: 'Ready',
          value: record ? record.name : texts.length + tuneTexts.length > 0 ? 'no run yet' : 'no text yet',
        },
      };
  }
}
/** Activity after a label that may be its first word: `Reading`, `moby-dick.txt`. */
const withoutLabel = (label: string, words: string): string =>
  words.startsWith(`${label} `) ? words.slice(label.length + 1) : words;

/** `step 1,200 · Homegrown` while training, else the stage. */
export function title(s: Studio, stage: string): string {
  const { phase } = spokenRun(s);
  const activity =
    phase.kind === 'training' || phase.kind === 'stopping'
      ? `step ${formatCount(phase.step)}`
      : phase.kind === 'compiling'
        ? isBeginning(phase)
          ? 'beginning'
          : 'compiling'
        : phase.kind === 'failed'
          ? endingWord('failed').toLowerCase()
          : stage;
  return `${activity} · Homegrown`;
}
