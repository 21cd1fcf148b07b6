/** What a tuning made a model forget, in short: for the rail. */
import { formatShare } from '../../core/base/units';
import type { Estimate } from '../../core/metrics/metric';
import type { RunLog } from '../../state/runLog';

/** Perplexity on old text at each evaluation that measured it. */
export const oldIn = ({
  evaluations,
}: Pick<RunLog, 'evaluations'>): readonly (readonly [step: number, value: number])[] =>
  evaluations.flatMap(({ step, metrics }) =>
    metrics.oldPerplexity ? [[step, metrics.oldPerplexity.value] as const] : [],
  );

/** `5.9 % forgotten`; nothing where old text is read as well as before. */
export function forgottenWords(log: Pick<RunLog, 'evaluations'>): string {
  const old = oldIn(log);
  const [before, after] = [old[0]?.[1], old.at(-1)?.[1]];
  if (before === undefined || after === undefined) return 'forgetting not measured';
  const share = after / before - 1;
  return share > 0.0005 ? `${formatShare(Number(share.toPrecision(2)))} forgotten` : 'nothing forgotten';
}

/** `93.7 % right`, of a classifier: by what it was judged on, or until then by its last evaluation, which reads some of that. */
export function rightWords(log: Pick<RunLog, 'evaluations'>, judged?: Estimate): string {
  const told = judged ?? log.evaluations.findLast(({ metrics }) => metrics.accuracy)?.metrics.accuracy;
  return told ? `${formatShare(Number((told.value / 100).toPrecision(3)))} right` : 'not measured';
}
