/** Repetition and diversity of sampled continuations, compared with the held-out text. */
import type { Evaluation } from '../evaluation';
import { checkHasText } from '../blocks';
import { noInterval } from '../../metrics/intervals/interval';
import { WRITTEN_METRIC_IDS, WRITTEN_METRICS } from '../../metrics/written';
import { wordsIn } from '../../metrics/written/writtenMetric';
import { sampleContinuations } from '../written';
import type { Reading } from './reading';

export const freely: Reading = {
  figures: WRITTEN_METRIC_IDS,
  baselines: ['heldOut'],
  dataKind: 'documents',
  evaluations: ['nextTokens'],
  whyUnfit: 'The model is not causal, so it can’t write text.',
  async read({ network, tokenizer, request, isRequested, pause, report }) {
    const { documents = [], seed } = request;
    checkHasText(documents);
    const texts = await sampleContinuations(network, tokenizer, documents, seed, { pause, report });
    const [generated, original] = [
      texts.map((text) => wordsIn(text.generated)),
      texts.map((text) => wordsIn(text.original)),
    ];
    const metrics: Evaluation['metrics'] = {};
    const heldOut: Record<string, number> = {};
    const leftOut: Evaluation['leftOut'] = [];
    for (const id of WRITTEN_METRIC_IDS.filter(isRequested)) {
      const { of, unit } = WRITTEN_METRICS[id];
      const estimate = of(generated, seed);
      if (Number.isNaN(estimate.value)) leftOut.push({ name: id, reason: TOO_SHORT });
      else {
        metrics[id] = { ...estimate, unit };
        if (estimate.low === undefined)
          leftOut.push({ name: `interval of ${id}`, reason: noInterval(texts.length, 'text') });
      }
      const { value } = of(original, seed);
      if (!Number.isNaN(value)) heldOut[id] = value;
    }
    return { metrics, baselines: { heldOut }, leftOut };
  },
};
const TOO_SHORT = 'The generated text has too few words.';
