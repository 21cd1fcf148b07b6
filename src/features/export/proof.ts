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
      return ofOtherStep(exporting.file, step) ?? verified(exporting.file, exporting.figures);
    case 'mismatch':
      return (
        ofOtherStep(exporting.file, step) ?? {
          tone: 'warn',
          title: 'Outputs differ',
          text: `${apart(exporting.figures)} Export again; if the outputs still differ, use F32`,
        }
      );
    case 'unchecked':
      return (
        ofOtherStep(exporting.file, step) ??
        (exporting.failure
          ? { tone: 'warn', title: 'Exported, not checked', text: explain(exporting.failure) }
          : { text: timed(exporting.file, 'Exported, not checked') })
      );
    case 'uncheckable':
      return (
        ofOtherStep(exporting.file, step) ?? {
          title: 'Exported, not checked',
          text: timed(exporting.file, exporting.reason),
        }
      );
    default:
      return exporting satisfies never;
  }
}

/** Status of a file of another step than the chosen one: a fact, no warning. */
const ofOtherStep = (file: ExportedFile, now: number): Proof | undefined =>
  file.step === now ? undefined : { text: timed(file, `Last exported: step ${formatCount(file.step)}`) };

function verified(file: ExportedFile, figures: Figures): Proof {
  const { engine, tokens, equal, ties } = figures;
  const same = tokens > 0 ? `${formatCount(equal)} of ${formatCount(tokens)} tokens equal` : undefined;
  const open = ties > 0 ? `, ${formatCount(ties)} too close to call` : '';
  return {
    tone: 'ok',
    title: 'Exported and verified',
    text: timed(file, [same && same + open, within(figures), `opened by ${engine}`].filter(Boolean).join(', ')),
  };
}

const within = ({ bound, difference, variation }: Figures): string =>
  bound.of === 'difference'
    ? `logits within ${formatNumber(difference)}`
    : `probabilities within ${formatShare(variation)}`;

/** Measured difference, and the allowed one. */
function apart({ engine, tokens, equal, bound, difference, variation }: Figures): string {
  const far =
    bound.of === 'difference'
      ? `logits up to ${formatNumber(difference)} apart, ${formatNumber(bound.most)} allowed`
      : `probabilities up to ${formatShare(variation)} apart, ${formatShare(bound.most)} allowed`;
  const same = tokens > 0 ? `${formatCount(equal)} of ${formatCount(tokens)} tokens equal, ` : '';
  return `in ${engine}: ${same}${far}.`;
}

/** `… · 24 Nov, 17:56`: identifies an export after the page was left. */
const timed = ({ at }: ExportedFile, text: string): string => `${text} · ${formatMoment(at)}`;
