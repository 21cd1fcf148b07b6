import type { Tensor2D } from '@tensorflow/tfjs';
import { onOff } from '../base/field';
import type { Learner } from './objective';
import type { Classes } from '../models/spec';
import type { Network } from '../models/network';
import { priorLoss } from './labelFacts';
import type { LabelSettings } from './labelRows';
import { defineObjective } from './objective';

/** Classes of the model; present, because a classifier is created with them (`withClasses`). */
const classesOf = ({ classes }: Learner): Classes => classes!;
const isEncoder = ({ kind }: Learner): boolean => kind === 'encoder';

/**
 * Text classification. ids [rows, context]; lengths [rows]; pool [rows, context], weights of tokens in pooling; wanted
 * [rows, labels], weights of the target labels, 0 for others.
 */
export const labels = defineObjective({
  label: 'Text classification',
  source:
    'Devlin et al. 2018, "BERT", arXiv:1810.04805, section 4.1; of decoders Radford et al. 2018, GPT, section 3.2',
  kinds: ['encoder', 'decoder'],
  of: 'labels',
  fields: {
    classWeights: onOff({
      label: 'Class weights',
      hint: 'rare labels count as much',
      help: 'Weight rare labels as much as common ones, with one label per text',
      initial: false,
      absent: false,
    }),
  },
  roles: {},
  gives: ['loss', 'labels'],
  headline: 'loss',
  isOtherHeldOut: ({ classWeights }) => classWeights,
  // A text of any length fits a row.
  reach: () => 1,
  inputs(rows, context, _, { classes }) {
    return {
      ids: { shape: [rows, context], dtype: 'int32' },
      lengths: { shape: [rows], dtype: 'int32' },
      pool: { shape: [rows, context], dtype: 'float32' },
      wanted: { shape: [rows, classes?.labels.length ?? 2], dtype: 'float32' },
    };
  },
  async batches(source, context, tokenizer, settings: LabelSettings, learner) {
    const { labelRows } = await import('./labelRows');
    return labelRows(source, context, tokenizer, classesOf(learner), isEncoder(learner), settings);
  },
  epoch: ({ documents }) => documents,
  async inRows(source, context, tokenizer, _, learner) {
    const { labelsInRows } = await import('./labelRows');
    return labelsInRows(source, context, tokenizer, classesOf(learner), isEncoder(learner));
  },
  evaluatedAs: () => 'labels',
  baselines({ classes, data }) {
    const uniform = {
      id: 'uniform',
      loss: classes?.several ? Math.LN2 : Math.log(classes?.labels.length ?? 2),
      words: 'a uniform guess',
      label: 'uniform',
      hint: 'every label equally likely, as before training',
      before: 'Worse than a uniform guess',
    };
    const counts = data?.labels;
    if (!counts || classes?.several || Object.keys(counts.validation).length === 0) return [uniform];
    return [
      uniform,
      {
        id: 'labelFrequency',
        loss: priorLoss(counts.train, counts.validation),
        words: 'guessing by label frequency',
        label: 'label frequency',
        hint: 'counts how many texts have each label',
        before: 'Learning which labels are common',
      },
    ];
  },
  measuredBaselines: ({ labels: measured }) =>
    measured?.accuracy
      ? [
          { id: 'majority', words: 'majority class', values: { accuracy: measured.accuracy.majority } },
          { id: 'naiveBayes', words: 'naive Bayes', values: { accuracy: measured.accuracy.naiveBayes } },
        ]
      : [],
  more: 'More labeled texts, or a base model trained on similar text,',
  shows: { hint: 'the same held-out texts' },
  async load() {
    const { labeledBy, labelLoss, labelsFound } = await import('./labelLoss');
    const { labelScores } = await import('../sample/labelScores');
    const severalOf = ({ choice: { config } }: Network): boolean => config.classes?.several === true;
    return {
      loss: (network, inputs, weight, context) =>
        labelLoss(labelScores(network, inputs, context), inputs['wanted'] as Tensor2D, weight, severalOf(network)),
      measure(network, inputs, weight) {
        const [scores, wanted] = [labelScores(network, inputs), inputs['wanted'] as Tensor2D];
        const several = severalOf(network);
        const correct = labelsFound(scores, wanted, several);
        return { loss: labelLoss(scores, wanted, weight, several), correct, scores };
      },
      labeled: ({ choice }, scores, { wanted }) => labeledBy(choice.config.classes!, scores, wanted!),
      async show(network, { tokenizer, source, pause }) {
        if (!source) return [];
        const { showLabels } = await import('./showLabels');
        return showLabels(network, tokenizer, source, pause);
      },
    };
  },
});
