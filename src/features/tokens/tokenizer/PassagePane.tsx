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
type Colour = 'length' | 'rarity';

/** Passage of the project's text, or text that the user types, in colored tokens. */
export function PassagePane({ entries, chosenId, onChoose }: PassagePaneProps) {
  const [colour, setColour] = useState<Colour>('length');
  const [own, setOwn] = useState('');
  const [place, setPlace] = useState<number>();
  const { passage, failure: unread, next } = usePassage();
  const tokenized = useTokens(own === '' ? passage : clip(own));
  const model = useStudio((s) => s.project.tokenizer?.model);

  const failure = own === '' && unread ? unread : tokenized.kind === 'failed' ? tokenized.failure : undefined;
  const pieces = useMemo(() => (tokenized.kind === 'tokenized' ? tokenized.pieces : []), [tokenized]);
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
  const isRarity = colour === 'rarity' && entries.isCounted;
  const max = isRarity ? entries.all.reduce((n, { count }) => Math.max(n, count), 1) : 1;
  const view = (piece: TokenPiece, index: number): TokenView => ({
    text: shownInPassage(texts[index] ?? ''),
    ...(model && piece.text === null && { bytes: hex(entryBytes(model, piece.id)) }),
    step: isRarity ? rarityStep(entries.all[piece.id]?.count ?? 0, max) : lengthStep(piece.bytes),
  });
  const choose = (index: number) => {
    setPlace(index);
    onChoose(pieces[index]?.id);
  };
  const chosen = place !== undefined && pieces[place]?.id === chosenId ? place : undefined;

  return (
    <Pane
      title={own === '' ? 'Your text as tokens' : 'Your words as tokens'}
      hint={
        tokenized.kind === 'tokenized' &&
        `${formatCount(Array.from(tokenized.passage).length)} characters, ${formatCount(pieces.length)} tokens`
      }
      aside={
        entries.isCounted && (
          <Segmented
            label="Color by"
            value={colour}
            onChange={setColour}
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
        {pieces.length > 0 && (
          <TokenText label="Passage as tokens" tokens={pieces.map(view)} chosen={chosen} onChoose={choose} />
        )}
      </div>
      <div className={styles.legend}>
        <RampLegend>{isRarity ? 'common to rare in your text' : '1 byte to 8 or more'}</RampLegend>
        <span className={styles.grow} />
        {own === '' ? (
          (passage !== undefined || unread) && <TextAction onPress={next}>Another passage</TextAction>
        ) : (
          <TextAction onPress={() => setOwn('')}>Back to your text</TextAction>
        )}
      </div>
      <div className={styles.foot}>
        <TokenFacts entries={entries} id={chosenId} />
        {tokenized.kind === 'tokenized' && model && (
          <RoundTrip
            isExact={decodesTo(
              model,
              pieces.map((p) => p.id),
              tokenized.passage,
            )}
          />
        )}
        <div className={styles.own}>
          <TextField
            label="Try your own words"
            value={own}
            onChange={setOwn}
            rows={3}
            placeholder="Write or paste anything, in any language"
            {...(own.length > MAX_OWN_TEXT && { hint: `The first ${formatCount(MAX_OWN_TEXT)} characters are shown` })}
          />
        </div>
      </div>
    </Pane>
  );
}

function RoundTrip({ isExact }: { isExact: boolean }) {
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
