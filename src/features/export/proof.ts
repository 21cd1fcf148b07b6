import { formatCount, formatNumber, formatShare } from '../../core/base/units';
import type { Figures } from '../../core/verify/compare';
import { explain } from '../../state/failures';
import type { ExportedFile, Exporting } from '../../state/export';
import type { FormatCardProps } from '../../ui';

/** What is known of a file, in a line with its figures; `step` is the one that would be written now. */
export function proof(exporting: Exporting | undefined, step: number): NonNullable<FormatCardProps['proof']> {
  if (!exporting) return { text: 'Not exported yet' };
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
      return ofOtherStep(exporting.file, step) ?? verified(exporting.figures);
    case 'mismatch':
      return (
        ofOtherStep(exporting.file, step) ?? {
          tone: 'warn',
          title: 'Outputs differ',
          text: `${apart(exporting.figures)} Export again; if it still differs, use F32`,
        }
      );
    case 'unchecked':
      return (
        ofOtherStep(exporting.file, step) ??
        (exporting.failure
          ? { tone: 'warn', title: 'Exported, not verified', text: explain(exporting.failure) }
          : { text: 'Exported, not verified' })
      );
    case 'uncheckable':
      return ofOtherStep(exporting.file, step) ?? { title: 'Exported, not verified', text: exporting.reason };
    default:
      return exporting satisfies never;
  }
}

/** The person chose another step since: a fact, no warning. */
const ofOtherStep = ({ step }: ExportedFile, now: number): FormatCardProps['proof'] =>
  step === now ? undefined : { text: `Last exported: step ${formatCount(step)}` };

function verified(figures: Figures): NonNullable<FormatCardProps['proof']> {
  const { engine, tokens, equal, ties } = figures;
  const same = tokens > 0 ? `${formatCount(equal)} of ${formatCount(tokens)} tokens equal` : undefined;
  const open = ties > 0 ? `, ${formatCount(ties)} too close to call` : '';
  return {
    tone: 'ok',
    title: 'Verified',
    text: [`opened by ${engine}`, same && same + open, within(figures)].filter(Boolean).join(', '),
  };
}

const within = ({ bound, difference, variation }: Figures): string =>
  bound.of === 'difference'
    ? `logits within ${formatNumber(difference)}`
    : `probabilities within ${formatShare(variation)}`;

/** What differs, and what would be allowed. */
function apart({ engine, tokens, equal, bound, difference, variation }: Figures): string {
  const far =
    bound.of === 'difference'
      ? `logits up to ${formatNumber(difference)} apart, ${formatNumber(bound.most)} allowed`
      : `probabilities up to ${formatShare(variation)} apart, ${formatShare(bound.most)} allowed`;
  const same = tokens > 0 ? `${formatCount(equal)} of ${formatCount(tokens)} tokens equal, ` : '';
  return `in ${engine}: ${same}${far}.`;
}
