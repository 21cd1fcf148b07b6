/** Operations on classifiers: labels of their texts, evaluation, predictions, and corrections. Loaded on demand. */
import { fileName } from '../core/base/fileName';
import { counted, formatCount } from '../core/base/units';
import { classifierEvaluation, type EvaluationNeeds } from './classifierEvaluation';
import { correctingOver, type CorrectingNeeds } from './corrections';
import { labelChanges, labelCounts, type LabelNeeds } from './labelActions';
import { usedModel } from './trained';
import type { Classifying } from './slices/classifying';
import type { SliceServices } from './slices/studio';

export type ClassifyingNeeds = CorrectingNeeds & EvaluationNeeds & LabelNeeds;

export function classifyingOver(services: SliceServices, get: () => ClassifyingNeeds): Classifying {
  const { gpu, download, toasts } = services;
  return {
    ...labelCounts(services, get),
    ...labelChanges(services, get),
    ...classifierEvaluation(services, get),
    async classify(runId, text, options) {
      const [labels] = await gpu.call('classify', { ...usedModel(get(), runId), texts: [text] }, options);
      return labels!;
    },
    async classifyFile(input, options) {
      const { file, ...counts } = await gpu.call(
        'classifyFile',
        { ...input, ...usedModel(get(), input.runId) },
        options,
      );
      download(file, `${fileName(input.file.name.replace(/\.\w+$/, ''), 'texts')}-labels.csv`);
      toasts.show({
        text: `${counted(counts.texts, 'text')} classified`,
        detail: [
          'downloaded as a table',
          counts.unsure > 0 && `${formatCount(counts.unsure)} not sure`,
          counts.empty > 0 && `${formatCount(counts.empty)} empty, without a label`,
        ]
          .filter(Boolean)
          .join('; '),
      });
      return counts;
    },
    ...correctingOver(services, get),
  };
}
