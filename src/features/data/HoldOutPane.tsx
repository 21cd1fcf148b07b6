import { dataState, isSplitAsOne, textsChanged, tokenizerState } from '../../state/preparation';
import { useStudio } from '../../state/react';
import { describeWork } from '../../state/work';
import { Block, Pane, Progress, Slider } from '../../ui';
import styles from './HoldOutPane.module.css';

/** How much of the text is held out, and what the data is made from. */
export function HoldOutPane() {
  const split = useStudio((s) => s.project.split);
  const share = split.validation;
  const change = useStudio((s) => s.change);
  const tokenizing = useStudio((s) => s.tokenizing);
  const building = useStudio((s) => s.building);
  const progress = describeWork(tokenizing) ?? describeWork(building);
  const percent = Math.round(100 * share);
  return (
    <Pane title="Split">
      <Block>
        <Slider
          label="Held out"
          value={percent}
          min={5}
          max={20}
          step={1}
          output={`${percent} % of the text`}
          ticks={['5 %', '10 %', '15 %', '20 %']}
          onChange={(value) => change({ split: { ...split, validation: value / 100 } })}
        />
        <div className={styles.split} aria-hidden>
          <i style={{ '--share': 1 - share }} />
          <i style={{ '--share': share }} />
        </div>
        <p className={styles.words}>
          The first {100 - percent} % of each text is for training. Its last {percent} % is for validation: never learnt
          from, so that what is measured there tells what the model knows, not what it has memorised.
        </p>
      </Block>
      <div className={styles.state}>{progress ? <Progress {...progress} delayMs={0} /> : <State />}</div>
    </Pane>
  );
}

/** Whether the data is still that of its inputs, and if not, which of them changed. */
function State() {
  const state = useStudio(dataState);
  const tokenizer = useStudio(tokenizerState);
  const isTextNew = useStudio(textsChanged);
  const built = useStudio((s) => s.project.data?.manifest.split.validation);
  const asked = useStudio((s) => s.project.split.validation);
  const isOld = useStudio((s) => s.project.data !== null && isSplitAsOne(s.project.data));
  const isOfThisTokenizer = useStudio((s) => s.project.data?.tokenizerHash === s.project.tokenizer?.hash);
  if (state === 'none') return null;
  if (state === 'done') return <p className={styles.done}>Up to date</p>;
  const reason = isTextNew
    ? 'the text changed'
    : tokenizer !== 'done'
      ? 'the settings of the tokenizer changed'
      : !isOfThisTokenizer
        ? 'the tokenizer was trained again'
        : built !== asked
          ? `built with ${Math.round(100 * (built ?? 0))} % held out`
          : isOld
            ? 'only the end of the last text is held out'
            : 'the text changed';
  return <p className={styles.stale}>Out of date: {reason}. It stays usable until you rebuild it</p>;
}
