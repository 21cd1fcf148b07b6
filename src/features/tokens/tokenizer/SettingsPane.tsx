import { formatCount } from '../../../core/base/units';
import { MAX_OFFERED_VOCABULARY, MIN_VOCABULARY } from '../../../core/tokenizer/train';
import { tokenizerState } from '../../../state/preparation';
import type { TokenizerChoice } from '../../../core/runs/project';
import { useStudio } from '../../../state/react';
import { KIND_WORDS } from '../../../state/preparation';
import { describeWork } from '../../../state/work';
import { Block, NumberField, Pane, PaneHead, Progress, Segmented, Slider } from '../../../ui';
import { Checks } from './Checks';
import styles from './SettingsPane.module.css';

const METHODS = (['bpe', 'characters', 'bytes'] as const).map((value) => ({ value, label: KIND_WORDS[value] }));
const METHOD_DESCRIPTIONS: Record<TokenizerChoice['kind'], string> = {
  bpe: 'Merges the most frequent pair of pieces until the vocabulary is full. Common words become one token.',
  characters: 'One token per character of your text. Unknown characters become bytes.',
  bytes: 'One token per byte, 256 in all. No training, but the longest sequences.',
};

/** Settings of the tokenizer, and checks of the trained one. */
export function SettingsPane() {
  const choice = useStudio((s) => s.project.tokenizerChoice);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const work = useStudio((s) => s.tokenizing);
  const change = useStudio((s) => s.change);
  const set = (changes: Partial<TokenizerChoice>) => change({ tokenizerChoice: { ...choice, ...changes } });
  const progress = describeWork(work);
  return (
    <Pane title="Settings">
      <Block>
        <div className={styles.method}>
          <span>Method</span>
          <Segmented label="Method" isWide value={choice.kind} onChange={(kind) => set({ kind })} options={METHODS} />
          <p>{METHOD_DESCRIPTIONS[choice.kind]}</p>
        </div>
        {choice.kind === 'bpe' && (
          <div className={styles.vocabulary}>
            <Slider
              label="Vocabulary"
              value={Math.log2(choice.vocabulary)}
              min={8}
              max={15}
              step={0.125}
              output={`${formatCount(choice.vocabulary)} entries`}
              ticks={['257', '32,768']}
              onChange={(log2) => set({ vocabulary: roundSize(2 ** log2) })}
            />
            <NumberField
              label="Exact size"
              hint={`${formatCount(MIN_VOCABULARY)} to ${formatCount(MAX_OFFERED_VOCABULARY)}`}
              unit="entries"
              value={choice.vocabulary}
              min={MIN_VOCABULARY}
              max={MAX_OFFERED_VOCABULARY}
              isWhole
              onChange={(vocabulary) => set({ vocabulary })}
            />
          </div>
        )}
        <div className={styles.state}>{progress ? <Progress {...progress} delayMs={0} /> : <StaleReason />}</div>
      </Block>
      {tokenizer && (
        <>
          <PaneHead title="Checks" />
          <Checks tokenizer={tokenizer} />
        </>
      )}
    </Pane>
  );
}

/** Says how the trained tokenizer differs from the settings; empty if it doesn't. */
function StaleReason() {
  const state = useStudio(tokenizerState);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const choice = useStudio((s) => s.project.tokenizerChoice);
  if (!tokenizer || state !== 'stale') return null;
  const { kind } = tokenizer.model;
  if (kind !== choice.kind) return <p>Trained as {KIND_WORDS[kind]}; retrain to change it</p>;
  if (kind === 'bpe' && tokenizer.asked !== choice.vocabulary) {
    return <p>Trained for {formatCount(tokenizer.asked)} entries; retrain to change it</p>;
  }
  return <p>Trained on the previous text</p>;
}

/** Keeps powers of two; rounds other sizes to two significant digits. */
function roundSize(size: number): number {
  const roundingUnit = Number.isInteger(Math.log2(size)) ? 1 : 10 ** Math.floor(Math.log10(size) - 1);
  return Math.min(MAX_OFFERED_VOCABULARY, Math.max(MIN_VOCABULARY, Math.round(size / roundingUnit) * roundingUnit));
}
