import { formatCount, formatNumber, formatShare } from '../../core/base/units';
import type { Figures } from '../../core/verify/compare';
import { explain } from '../../state/failures';
import { formatMoment, type Tone } from '../../ui';
import type { ExportedFile, Exporting } from '../../state/slices/export';

/** Verification status of a file. "Verified" always has evidence. Without a tone, the status is a quiet line. */
export interface Proof {
  tone?: Tone;
  title?: string;
  text: string;
}

/** Status of a file with its numbers; `step` is the one that would be exported now. */
export function proof(exporting: Exporting, step: number): Proof {
  switch (exporting.kind) {
    case 'writing':
      return { text: 'Exporting' };
    case 'failed':
      return { tone: 'error', title: 'Export failed', text: explain(exporting.failure) };
    case 'waiting':
      return { text: 'Exported, waiting for its check' };
    case 'checking':
      return { text: 'Exported, verifying' };
    case 'verified':
      return otherStepProof(exporting.file, step) ?? verified(exporting.file, exporting.figures);
    case 'mismatch':
      return (
        otherStepProof(exporting.file, step) ?? {
          tone: 'warn',
          title: 'Outputs differ',
          text: `${mismatchWords(exporting.figures)} Export again; if the outputs still differ, use F32`,
        }
      );
    case 'unchecked':
      return (
        otherStepProof(exporting.file, step) ??
        (exporting.failure
          ? { tone: 'warn', title: 'Exported, not checked', text: explain(exporting.failure) }
          : { text: withTime(exporting.file, 'Exported, not checked') })
      );
    case 'uncheckable':
      return (
        otherStepProof(exporting.file, step) ?? {
          title: 'Exported, not checked',
          text: withTime(exporting.file, exporting.reason),
        }
      );
    default:
      return exporting satisfies never;
  }
}

/** Status of a file whose step isn't the chosen one; it isn't a warning. */
const otherStepProof = (file: ExportedFile, chosenStep: number): Proof | undefined =>
  file.step === chosenStep ? undefined : { text: withTime(file, `Last exported: step ${formatCount(file.step)}`) };

function verified(file: ExportedFile, figures: Figures): Proof {
  const { engine, tokens, equal, ties } = figures;
  const equalWords = tokens > 0 ? `${formatCount(equal)} of ${formatCount(tokens)} tokens equal` : undefined;
  const tieWords = ties > 0 ? `, ${formatCount(ties)} too close to call` : '';
  return {
    tone: 'ok',
    title: 'Exported and verified',
    text: withTime(
      file,
      [equalWords && equalWords + tieWords, toleranceWords(figures), `opened by ${engine}`].filter(Boolean).join(', '),
    ),
  };
}

const toleranceWords = ({ bound, difference, variation }: Figures): string =>
  bound.of === 'difference'
    ? `logits within ${formatNumber(difference)}`
    : `probabilities within ${formatShare(variation)}`;

/** Measured difference, and the allowed one. */
function mismatchWords({ engine, tokens, equal, bound, difference, variation }: Figures): string {
  const differenceWords =
    bound.of === 'difference'
      ? `logits up to ${formatNumber(difference)} apart, ${formatNumber(bound.most)} allowed`
      : `probabilities up to ${formatShare(variation)} apart, ${formatShare(bound.most)} allowed`;
  const equalWords = tokens > 0 ? `${formatCount(equal)} of ${formatCount(tokens)} tokens equal, ` : '';
  return `in ${engine}: ${equalWords}${differenceWords}.`;
}

/** Appends the time of the export: `… · 24 Nov, 17:56`. */
const withTime = ({ at }: ExportedFile, text: string): string => `${text} · ${formatMoment(at)}`;
