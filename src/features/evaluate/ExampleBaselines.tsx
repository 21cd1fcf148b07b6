import { BarRows } from '../../ui';
import styles from './EvaluatePage.module.css';

/** Example of Evaluate: a model next to its baselines, in bits per byte. The model's bar is the strong one. */
export const ExampleBaselines = () => (
  <>
    <p className={styles.unit}>bits per byte, fewer is better</p>
    <BarRows label="Example" rows={ROWS} chosen="own" format={(value) => value.toFixed(2)} />
  </>
);

const ROWS = [
  { id: 'uniform', label: 'uniform', value: 3.42 },
  { id: 'gzip', label: 'gzip', value: 3.24 },
  { id: 'unigram', label: 'unigram', value: 2.88 },
  { id: 'bigram', label: 'bigram', value: 2.12 },
  { id: 'trigram', label: 'trigram', value: 1.99 },
  { id: 'own', label: 'a model', value: 1.96 },
];
