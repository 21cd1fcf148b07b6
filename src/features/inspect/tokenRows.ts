/** Rows of the table of inspected tokens, in bits. */
import { type Cell, csvOf } from '../../core/base/csv';
import type { InspectedPassage, InspectedToken } from '../../protocol/gpu';

/** Converts nats to bits. */
export const toBits = (nats: number): number => nats / Math.LN2;

/** Text of a token; `…` if the true token is unknown. */
export const shownText = ({ text }: Pick<InspectedToken, 'text'>): string => text ?? '…';

/** Table of all predicted tokens; cells of an unknown true token are empty. */
export function tokenCsv({ tokens }: Pick<InspectedPassage, 'tokens'>): string {
  const header = ['index', 'token', 'surprisal_bits', 'rank', 'entropy_bits', 'top_token', 'top_probability'];
  const rows = tokens.map(({ text, loss, rank, entropy, alternatives: [top] }, index): readonly Cell[] => [
    index,
    text ?? undefined,
    loss === undefined ? undefined : toBits(loss),
    rank,
    toBits(entropy),
    top?.text,
    top?.probability,
  ]);
  return csvOf([header, ...rows]);
}

/** Mean surprisal of the tokens with a known true token, in bits; undefined without any. */
export function meanSurprisal(tokens: readonly InspectedToken[]): number | undefined {
  const losses = tokens.flatMap(({ loss }) => loss ?? []);
  return losses.length === 0 ? undefined : toBits(losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
}
