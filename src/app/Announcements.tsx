import { formatCount, formatKernels } from '../core/base/units';
import { headlineWords } from '../core/objectives';
import { endingWord } from '../core/train/endingWord';
import { endingOfRun, spokenRun } from '../state/openRun';
import { headline } from '../state/failures';
import { useStudio } from '../state/react';
import { isActive, isBeginning } from '../state/phase';
import { useVerdict } from '../state/verdict';
import { LiveRegion } from '../ui';
import type { Studio } from '../state/slices/studio';

/** The page's only live region: announces phases and verdicts as they change, never steps. */
export function Announcements() {
  const { kind, judgement } = useVerdict(spokenRun);
  return <LiveRegion message={useStudio((s) => announcement(s, kind === 'warmingUp' ? undefined : judgement))} />;
}

export function announcement(s: Studio, judgement: string | undefined): string {
  const { writing, importingModel } = s;
  const run = spokenRun(s);
  const { phase, log, record } = run;
  const word = endingWord(endingOfRun(run));
  if (!isActive(phase)) {
    if (writing.kind === 'writing') return 'Writing';
    if (importingModel.kind === 'busy') return 'Reading the model';
    const exported = exportWords(s);
    if (exported !== undefined) return exported;
    if (writing.kind === 'done' && !writing.isRestored) {
      const { filled, written } = s;
      return filled
        ? `${formatCount(filled.blanks.length)} blanks filled`
        : `${formatCount(written.length)} tokens written`;
    }
  }
  switch (phase.kind) {
    case 'idle':
      return '';
    case 'preparing':
      return 'Preparing text, tokenizer and data';
    case 'compiling':
      if (isBeginning(phase)) return 'Running the first step';
      return phase.kernels ? `Compiling ${formatKernels(phase.kernels.of)}` : 'Compiling';
    case 'training':
      return judgement === undefined ? 'Training' : `Training: ${judgement}`;
    case 'stopping':
      return 'Stopping and saving';
    case 'stopped':
      return sentence(`${word} at step ${formatCount(phase.step)}, saved`, judgement);
    case 'finished': {
      const evaluation = log.evaluations.at(-1);
      const objective = record?.objective ?? s.project.recipe.objective;
      const result = evaluation ? `, ${headlineWords(objective, evaluation.loss)} on the validation set` : '';
      return sentence(`${word} at step ${formatCount(phase.step)}${result}`, judgement);
    }
    case 'failed':
      return headline(phase.failure);
    default:
      return phase satisfies never;
  }
}
/** Words for the format that changed last. */
function exportWords({ exports }: Studio): string | undefined {
  const exporting = Object.values(exports).at(-1);
  if (!exporting) return undefined;
  switch (exporting.kind) {
    case 'writing':
      return 'Exporting the model';
    case 'failed':
      return undefined; // the page's own alert says so
    case 'waiting':
    case 'checking':
    case 'unchecked':
    case 'uncheckable':
      return `${exporting.file.name} exported`;
    case 'verified':
      return `${exporting.file.name} exported and verified`;
    case 'mismatch':
      return `${exporting.file.name} exported, but the check failed`;
    default:
      return exporting satisfies never;
  }
}
const sentence = (words: string, judgement: string | undefined): string =>
  judgement === undefined ? words : `${words}. ${judgement}`;
