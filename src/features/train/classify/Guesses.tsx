import { formatCount, formatShare } from '../../../core/base/units';
import type { Answered, Shown } from '../../../core/objectives/shown';
import type { Classes } from '../../../core/models/spec';
import { useShownPart } from '../../../state/react';
import type { RunSettings } from '../../../state/runSettings';
import { judgedEvaluation } from '../../../state/standing';
import { Icon, PaneHead, text } from '../../../ui';
import styles from './Classifier.module.css';
import type { OpenRun } from '../../../state/slices/run';

/** Predictions for held-out texts, which are the same at each evaluation. */
export function Guesses({ settings: { recipe, segments }, classes }: { settings: RunSettings; classes: Classes }) {
  const { after } = segments.at(-1)!;
  const sample = useShownPart('train', (run) => shownSample(run, after));
  const texts = Array.isArray(sample) ? (sample as readonly Answered[]) : [];
  // With two labels, the bar shows the probability of the second, so that the prediction changes at the middle.
  const secondLabel = classes.labels.length === 2 && !classes.several ? classes.labels[1] : undefined;
  const barMeaning = secondLabel === undefined ? 'confidence in its label' : `probability of ${secondLabel}`;
  const count = NUMBERS[texts.length] ?? formatCount(texts.length);
  return (
    <>
      <PaneHead
        title={
          texts.length === 0 ? 'Texts it never saw' : `${count} ${texts.length === 1 ? 'text' : 'texts'} it never saw`
        }
        hint={`${classes.several ? '' : `${barMeaning}, `}every ${formatCount(recipe.evalEvery)} steps`}
      />
      {texts.length === 0 && <p className={styles.none}>The first predictions appear before step 1</p>}
      <ul className={styles.guesses} aria-label="Held-out texts">
        {texts.map((text, i) => (
          <Guess key={`${i} ${text.input}`} text={text} secondLabel={secondLabel} />
        ))}
      </ul>
    </>
  );
}
/** Returns the sample of the judged evaluation, or of a later request. */
function shownSample(run: Pick<OpenRun, 'log' | 'phase'>, after: number): Shown | undefined {
  const { shown, sampled } = run.log;
  const evaluated = shown ?? judgedEvaluation(run, after);
  const requested = sampled.at(-1);
  return requested && requested.step > (evaluated?.step ?? -1) ? requested.sample : evaluated?.sample;
}
const NUMBERS = ['', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'];

function Guess({
  text: { input, given, wanted, confidence },
  secondLabel,
}: {
  text: Answered;
  secondLabel: string | undefined;
}) {
  const isRight = given === wanted;
  const share =
    confidence === undefined
      ? undefined
      : secondLabel === undefined || given === secondLabel
        ? confidence
        : 1 - confidence;
  const label = given === '' ? 'none' : given;
  return (
    <li>
      <span className={styles.text} dir="auto" title={input} translate="no">
        {input}
      </span>
      {share === undefined ? (
        <span />
      ) : (
        <span className={styles.bar} role="img" aria-label={`${secondLabel ?? label} ${formatShare(share)}`}>
          <i style={{ width: `${(100 * share).toFixed(1)}%` }} />
          {secondLabel !== undefined && <u />}
        </span>
      )}
      <span className={styles.label} translate="no" title={isRight ? label : `${label}; actual label ${wanted ?? ''}`}>
        {label}
      </span>
      <span className={styles.sign}>
        <Icon name={isRight ? 'check' : 'close'} tone={isRight ? 'ok' : 'error'} />
        <span className={text.hidden}>{isRight ? 'right' : `wrong, actual label ${wanted ?? ''}`}</span>
      </span>
    </li>
  );
}
