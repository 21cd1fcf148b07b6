import { useMemo, useState } from 'react';
import { formatCount } from '../../../core/base/units';
import { completedTexts, decodesTo, entryBytes, hex } from '../../../core/tokenizer/entryBytes';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { useStudio } from '../../../state/react';
import {
  Notice,
  Pane,
  RampLegend,
  Segmented,
  TextAction,
  TextField,
  TokenText,
  type TokenView,
  rampStep,
  type RampStep,
} from '../../../ui';
import { remedy } from '../../../state/failures';
import { Check } from './Checks';
import { shownInPassage } from './shown';
import { TokenFacts } from './TokenFacts';
import { clip, MAX_OWN_TEXT, usePassage, useTokens } from './usePassage';
import type { Vocabulary } from './useVocabulary';
import checks from './Checks.module.css';
import styles from './PassagePane.module.css';

interface PassagePaneProps {
  entries: Vocabulary;
  chosenId: number | undefined;
  onChoose: (id: number | undefined) => void;
}
type ColorBy = 'length' | 'rarity';

/** Passage of the project's text, or text that the user types, in colored tokens. */
export function PassagePane({ entries, chosenId, onChoose }: PassagePaneProps) {
  const [colorBy, setColorBy] = useState<ColorBy>('length');
  const [ownText, setOwnText] = useState('');
  const [chosenIndex, setChosenIndex] = useState<number>();
  const { passage, failure: unread, next } = usePassage();
  const tokenized = useTokens(ownText === '' ? passage : clip(ownText));

  const failure = ownText === '' && unread ? unread : tokenized.kind === 'failed' ? tokenized.failure : undefined;
  const pieces = useMemo(() => (tokenized.kind === 'tokenized' ? tokenized.pieces : []), [tokenized]);
  const isRarity = colorBy === 'rarity' && entries.isCounted;
  const views = useTokenViews(pieces, entries, isRarity);
  const choose = (index: number) => {
    setChosenIndex(index);
    onChoose(pieces[index]?.id);
  };
  const chosen = chosenIndex !== undefined && pieces[chosenIndex]?.id === chosenId ? chosenIndex : undefined;

  return (
    <Pane
      title={ownText === '' ? 'Your text as tokens' : 'Your words as tokens'}
      hint={
        tokenized.kind === 'tokenized' &&
        `${formatCount(Array.from(tokenized.passage).length)} characters, ${formatCount(pieces.length)} tokens`
      }
      aside={
        entries.isCounted && (
          <Segmented
            label="Color by"
            value={colorBy}
            onChange={setColorBy}
            options={[
              { value: 'length', label: 'Length' },
              { value: 'rarity', label: 'Rarity' },
            ]}
          />
        )
      }
    >
      <div className={styles.passage}>
        {failure && (
          <Notice tone="error" title={failure.message}>
            {remedy(failure)}
          </Notice>
        )}
        {pieces.length > 0 && <TokenText label="Passage as tokens" tokens={views} chosen={chosen} onChoose={choose} />}
      </div>
      <div className={styles.legend}>
        <RampLegend>{isRarity ? 'common to rare in your text' : '1 byte to 8 or more'}</RampLegend>
        <span className={styles.grow} />
        {ownText === '' ? (
          (passage !== undefined || unread) && <TextAction onPress={next}>Another passage</TextAction>
        ) : (
          <TextAction onPress={() => setOwnText('')}>Back to your text</TextAction>
        )}
      </div>
      <div className={styles.foot}>
        <TokenFacts entries={entries} id={chosenId} />
        {tokenized.kind === 'tokenized' && <RoundTrip pieces={pieces} passage={tokenized.passage} />}
        <div className={styles.own}>
          <TextField
            label="Try your own words"
            value={ownText}
            onChange={setOwnText}
            rows={3}
            placeholder="Write or paste anything, in any language"
            {...(ownText.length > MAX_OWN_TEXT && {
              hint: `The first ${formatCount(MAX_OWN_TEXT)} characters are shown`,
            })}
          />
        </div>
      </div>
    </Pane>
  );
}

/** Tokens of the passage with their text, bytes and color. */
function useTokenViews(pieces: readonly TokenPiece[], entries: Vocabulary, isRarity: boolean): readonly TokenView[] {
  const model = useStudio((s) => s.project.tokenizer?.model);
  const texts = useMemo(
    () =>
      model
        ? completedTexts(
            model,
            pieces.map(({ id }) => id),
          )
        : [],
    [model, pieces],
  );
  const maxCount = isRarity ? entries.all.reduce((max, { count }) => Math.max(max, count), 1) : 1;
  return pieces.map((piece, index) => ({
    text: shownInPassage(texts[index] ?? ''),
    ...(model && piece.text === null && { bytes: hex(entryBytes(model, piece.id)) }),
    step: isRarity ? rarityStep(entries.all[piece.id]?.count ?? 0, maxCount) : lengthStep(piece.bytes),
  }));
}

/** Check that the tokens decode back to the passage. */
function RoundTrip({ pieces, passage }: { pieces: readonly TokenPiece[]; passage: string }) {
  const model = useStudio((s) => s.project.tokenizer?.model);
  if (!model) return null;
  const isExact = decodesTo(
    model,
    pieces.map(({ id }) => id),
    passage,
  );
  return (
    <ul className={checks.checks}>
      {isExact ? (
        <Check tone="ok" title="Decodes back to the same text">
          this passage, byte for byte
        </Check>
      ) : (
        <Check tone="error" title="Doesn’t decode back to the same text">
          this passage; retrain the tokenizer
        </Check>
      )}
    </ul>
  );
}

/** Ramp step of a token's length: none for 1 byte, full for 8 bytes or more. */
const lengthStep = (bytes: number): RampStep => rampStep((bytes - 1) / 7);

/** Ramp step of rarity: 0 for the most common entry. Logarithmic, since counts fall like 1 / rank. */
const rarityStep = (count: number, max: number): RampStep =>
  rampStep(1 - Math.log1p(count) / Math.log1p(Math.max(1, max)));
