/** Removes the documents that are least similar to a sample. */
import { real, text } from '../../../base/field';
import { formatNumber, formatShare } from '../../../base/units';
import { Corpus, importance, documentCounts, logRatios } from '../quality/importance';
import { NgramCounts } from '../quality/ngrams';
import type { Rule } from './rule';

const FIELDS = {
  sample: text({
    label: 'Sample',
    hint: 'a few pages of the text you want',
    maxLength: 20_000,
    lines: 5,
    initial: '',
  }),
  share: real({ label: 'Share kept', min: 0.001, max: 1, initial: 0.5, hint: 'of documents' }),
};

const MEASURES = {
  likeness: {
    label: 'Similarity to the sample',
    format: formatNumber,
    share: 'share',
    absent: 'Paste a few pages of the text you want as the sample. Documents are then ranked by similarity to it.',
  },
} as const;

/**
 * Scores each document by its mean importance, and keeps the documents with the highest. DSIR samples by importance
 * instead, to match the target's distribution. Here, the result must be reproducible, and users can inspect the cut.
 */
export const relevance: Rule<typeof FIELDS> = {
  label: 'Relevance',
  does: 'Removes documents least similar to your sample',
  costs:
    'a short sample covers few words, so good documents with other words are removed too; reads all documents once more',
  source: 'Xie et al. 2023 (DSIR): importance by hashed words and word pairs',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start({ sample, share: keptShare }) {
    const target = new NgramCounts();
    target.add(sample);
    if (target.total === 0) return { document: () => ({ verdict: () => ({ scores: {} }) }) };
    const corpus = new Corpus();
    let fitted: { ratios: Float64Array; min: number } | undefined;
    const fitCorpus = () => {
      const ratios = logRatios(target, corpus);
      return { ratios, min: corpus.threshold(keptShare, ratios) };
    };
    return {
      survey() {
        let document = new NgramCounts();
        return {
          see: (passage) => document.add(passage),
          end() {
            corpus.add(document);
            document = new NgramCounts();
          },
        };
      },
      document() {
        const document = new NgramCounts();
        return {
          see: (passage) => document.add(passage),
          verdict() {
            const { ratios, min } = (fitted ??= fitCorpus());
            const likeness = importance(documentCounts(document), ratios);
            const scores = { likeness };
            if (likeness >= min) return { scores };
            return {
              scores,
              out: `similarity ${formatNumber(likeness)}; the most similar ${formatShare(keptShare)} have at least ${formatNumber(min)}`,
            };
          },
        };
      },
    };
  },
};
