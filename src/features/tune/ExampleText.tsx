import { text } from '../../ui';
import styles from './TunePage.module.css';

/** Example of new text on this page: the beginnings of two texts. */
export const ExampleText = () =>
  BEGINNINGS.map(({ name, size, words }) => (
    <section key={name} className={styles.beginning}>
      <p>
        <span>{name}</span>
        <span>{size}</span>
      </p>
      <p className={text.prose}>{words}</p>
    </section>
  ));

const BEGINNINGS = [
  {
    name: 'letters.txt',
    size: '48.2 k characters',
    words:
      'Dear sister, we have lain off the harbor since Tuesday, waiting for the wind. The captain reads to us in the evening, and nobody speaks of home.',
  },
  {
    name: 'logbook.txt',
    size: '31.6 k characters',
    words: 'Monday. Wind from the south-west, the sea high. Hauled in the nets before noon and found two of them torn.',
  },
] as const;
