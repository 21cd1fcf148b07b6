/** How much each token adds to a logit. */
import { formatReading } from '../../src/core/base/units';
import { type Method, METHODS } from '../../src/core/inspect/attribution';
import { tokenText } from '../../src/core/inspect/tokenText';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer, quoted, textsOf } from './printer';

const LABELS: Readonly<Record<Method, string>> = {
  gradientInput: 'gradient × input',
  integratedGradients: 'integrated gradients',
  leaveOneOut: 'leave-one-out',
};

export const attributionPrinter: Printer<'attribution'> = {
  json({ position, explained, attribution }, tokenizer, labels) {
    const { logit, baselineLogit, baseline, methods, gap, gradients, agreement } = attribution;
    const { ids, source, output } = explained;
    return {
      ...(position !== undefined && { position }),
      ...(labels ? { label: labels[output]! } : { token: tokenText(tokenizer, output) }),
      logit: inFloat(logit),
      baselineLogit: inFloat(baselineLogit),
      baseline: tokenText(tokenizer, baseline),
      tokens: textsOf(tokenizer, ids),
      ...Object.fromEntries(METHODS.map((method) => [method, methods[method].ids.map(inFloat)])),
      ...(source && {
        source: {
          tokens: textsOf(tokenizer, source),
          ...Object.fromEntries(METHODS.map((method) => [method, methods[method].source!.map(inFloat)])),
        },
      }),
      gap: inFloat(gap),
      gradients,
      agreement: agreement.map(({ methods: [first, second], correlation }) => ({
        methods: [first, second],
        correlation: Number.isNaN(correlation) ? null : inFloat(correlation),
      })),
    };
  },

  print({ explained: { ids, source = [], output }, attribution }, tokenizer, labels) {
    const { logit, baselineLogit, baseline, methods, agreement } = attribution;
    const rows = [...source, ...ids].map((id, i) => {
      const at = (method: Method): number => [...(methods[method].source ?? []), ...methods[method].ids][i]!;
      return [quoted(tokenizer, id), ...METHODS.map((method) => formatReading(at(method)))];
    });
    for (const line of inColumns([['token', ...METHODS.map((method) => LABELS[method])], ...rows], 1)) print(line);
    const name = labels ? `label ${labels[output]!}` : `token ${quoted(tokenizer, output)}`;
    print(
      `Logit of ${name}: ${formatReading(logit)}, and ${formatReading(baselineLogit)} with ${quoted(tokenizer, baseline)} in place of each token.`,
    );
    for (const {
      methods: [first, second],
      correlation,
    } of agreement)
      // prettier-ignore
      print(`Rank correlation of ${LABELS[first]} and ${LABELS[second]}: ${formatReading(correlation)}`);
  },
};
