import { BarRows } from '../../ui';

/** A model among the models that only count, as an example of what Evaluate shows. */
export const ExampleBaselines = () => <BarRows label="Example" rows={ROWS} format={(value) => value.toFixed(2)} />;

const ROWS = [
  { id: 'uniform', label: 'uniform', value: 3.42 },
  { id: 'gzip', label: 'gzip', value: 3.24 },
  { id: 'unigram', label: 'unigram', value: 2.88 },
  { id: 'bigram', label: 'bigram', value: 2.12 },
  { id: 'trigram', label: 'trigram', value: 1.99 },
  { id: 'own', label: 'this model', value: 1.96 },
];
