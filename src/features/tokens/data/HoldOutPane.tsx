import type { SplitChoice } from '../../../core/documents/split';
import { dataState, isSplitAsOne, textsChanged, tokenizerState } from '../../../state/preparation';
import { useStudio } from '../../../state/react';
import { describeWork } from '../../../state/work';
import { Block, Pane, Progress, Slider, TextAction } from '../../../ui';
import styles from './HoldOutPane.module.css';

/** Sizes of the held-out sets, and the inputs of the data. */
export function HoldOutPane() {
  const split = useStudio((s) => s.project.split);
  const change = useStudio((s) => s.change);
  const tokenizing = useStudio((s) => s.tokenizing);
  const building = useStudio((s) => s.building);
  const hasDocuments = useStudio((s) => s.texts.some(({ documents }) => documents > 1));
  const progress = describeWork(tokenizing) ?? describeWork(building);
  const [validation, test] = [Math.round(100 * split.validation), Math.round(100 * split.test)];
  return (
    <Pane title="Split">
      <Block>
        <div className={styles.sliders}>
          <Slider
            label="Validation set"
            value={validation}
            min={5}
            max={20}
            step={1}
            output={`${validation} % of the text`}
            ticks={['5 %', '10 %', '15 %', '20 %']}
            onChange={(value) => change({ split: { ...split, validation: value / 100 } })}
          />
          <Slider
            label="Test set"
            value={test}
            min={0}
            max={20}
            step={1}
            output={test === 0 ? 'none' : `${test} % of the text`}
            ticks={['none', '5 %', '10 %', '15 %', '20 %']}
            onChange={(value) => change({ split: { ...split, test: value / 100 } })}
          />
        </div>
        <div className={styles.split} aria-hidden>
          <i style={{ '--share': 1 - split.validation - split.test }} />
          <i style={{ '--share': split.validation }} />
          {test > 0 && <i style={{ '--share': split.test }} />}
        </div>
        <p className={styles.words}>
          {hasDocuments
            ? 'Whole documents are set aside, or the end of a text with few. '
            : `The first ${100 - validation - test} % of each text is for training. `}
          The model never trains on the rest, so it shows what the model learned, not what it memorized.
          {test > 0 && ' Use the test set once, for the final result.'}
        </p>
        {hasDocuments && (
          <p className={styles.words}>
            Picked at random, the same every time.{' '}
            <TextAction onPress={() => change({ split: { ...split, seed: split.seed + 1 } })}>Reshuffle</TextAction>
          </p>
        )}
      </Block>
      <div className={styles.state}>{progress ? <Progress {...progress} delayMs={0} /> : <FreshnessNote />}</div>
    </Pane>
  );
}

/** Says whether the data is up to date, and if not, which input changed. */
function FreshnessNote() {
  const state = useStudio(dataState);
  const tokenizer = useStudio(tokenizerState);
  const isTextNew = useStudio(textsChanged);
  const builtSplit = useStudio((s) => s.project.data?.manifest.split);
  const chosenSplit = useStudio((s) => s.project.split);
  const isOldFormat = useStudio((s) => s.project.data !== null && isSplitAsOne(s.project.data));
  const hasCurrentTokenizer = useStudio((s) => s.project.data?.tokenizerHash === s.project.tokenizer?.hash);
  if (state === 'none') return null;
  if (state === 'done') return <p className={styles.done}>Up to date</p>;
  const reason = isTextNew
    ? 'the text changed'
    : tokenizer !== 'done'
      ? 'the tokenizer settings changed'
      : !hasCurrentTokenizer
        ? 'the tokenizer was trained again'
        : builtSplit && (builtSplit.validation !== chosenSplit.validation || builtSplit.test !== chosenSplit.test)
          ? `built with ${splitWords(builtSplit)}`
          : isOldFormat
            ? 'only the end of the last text is held out'
            : builtSplit?.rule === 'documents' && builtSplit.seed !== chosenSplit.seed
              ? 'the split was reshuffled'
              : 'the text changed';
  return <p className={styles.stale}>Out of date: {reason}. It stays usable until you rebuild it</p>;
}

const splitWords = ({ validation, test }: SplitChoice): string => {
  const [validationShare, testShare] = [validation, test].map((share) => `${Math.round(100 * share)} %`);
  return test > 0
    ? `${validationShare} for validation and ${testShare} for testing`
    : `${validationShare} for validation`;
};
