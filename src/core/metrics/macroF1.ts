import { atOnce } from '../base/job';
import type { LabeledPairs } from './labels/counts';
import { macroF1 as ofLabels } from './labels/macroF1';
import type { Metric } from './metric';
import { estimates } from './text/estimate';

const { label, unit, better } = ofLabels([]);

/** Mean F1 over labels with its interval, computed by the code of the final evaluation. */
export const macroF1: Metric = {
  label,
  unit,
  better,
  says: 'mean F1 of all labels, with every label counting equally',
  needs: 'labels',
  start() {
    let all: LabeledPairs | undefined;
    return {
      add({ labeled }) {
        if (labeled) all = { ...labeled, pairs: [...(all?.pairs ?? []), ...labeled.pairs] };
      },
      value() {
        if (!all || all.pairs.length === 0) return { value: NaN };
        return atOnce(estimates([ofLabels(all.labels, all.several)], all.pairs))[0]!;
      },
    };
  },
};
