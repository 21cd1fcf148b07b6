import { counted, formatShort } from '../../core/base/units';
import { trainingSize, type TextRecord } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import { useWorkerValue } from '../../state/useWorkerValue';
import { EmptyStage, Pane, text } from '../../ui';
import { AddButton, type Adding } from './Adding';
import { EMPTY } from './empty';
import { ExampleText } from './ExampleText';
import type { Situation } from './situation';
import { TextRows } from './TextRows';
import styles from './TunePage.module.css';

/** Texts for continued training, with the beginning of each. */
export function TextsPane({ situation: { texts }, adding }: { situation: Situation; adding: Adding }) {
  const characters = texts.reduce((sum, each) => sum + trainingSize(each).characters, 0);
  return (
    <Pane
      title="Training text"
      hint={texts.length > 0 ? `${formatShort(characters)} characters` : undefined}
      isFirstOnPhone
    >
      {texts.length === 0 ? (
        <EmptyStage
          figure={<ExampleText />}
          reason="Any file that Text reads: documents, mail, web pages, books."
          action={<AddButton adding={adding} isNext />}
        >
          {EMPTY.adapt.words}
        </EmptyStage>
      ) : (
        <>
          {texts.map((each) => (
            <Beginning key={each.id} of={each} />
          ))}
          <TextRows texts={texts} what="Texts" />
        </>
      )}
    </Pane>
  );
}

/** First lines of a text. */
function Beginning({ of }: { of: TextRecord }) {
  const isThere = useStudio((s) => s.tuneTexts.some(({ id }) => id === of.id));
  // Training reports a text that can't be read.
  const start = useWorkerValue('preview', { id: of.id, place: 0, characters: PREVIEW_CHARACTERS }).latest?.start;
  if (!isThere) return null;
  const { documents, characters } = trainingSize(of);
  return (
    <section className={styles.beginning} aria-label={of.name}>
      <p>
        <span>{of.name}</span>
        <span>
          {documents > 1 && `${counted(documents, 'document')}, `}
          {formatShort(characters)} characters
        </span>
      </p>
      <p className={text.prose} dir="auto">
        {start?.slice(0, MAX_SHOWN)}
        {(start?.length ?? 0) > MAX_SHOWN && '…'}
      </p>
    </section>
  );
}
const MAX_SHOWN = 400;
const PREVIEW_CHARACTERS = 20_000;
