import { counted, formatShort } from '../../core/base/units';
import { trainingSize, type TextRecord } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import { useWorkerValue } from '../../state/useWorkerValue';
import { EmptyStage, Pane, text } from '../../ui';
import { AddButton, type AddDataState } from './AddData';
import { EMPTY } from './empty';
import { ExampleText } from './ExampleText';
import type { Situation } from './situation';
import { TextRows } from './TextRows';
import styles from './TunePage.module.css';

/** Texts for continued training, with the beginning of each. */
export function TextsPane({ situation: { texts }, adding }: { situation: Situation; adding: AddDataState }) {
  const characters = texts.reduce((sum, record) => sum + trainingSize(record).characters, 0);
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
          {texts.map((record) => (
            <TextPreview key={record.id} record={record} />
          ))}
          <TextRows texts={texts} what="Texts" />
        </>
      )}
    </Pane>
  );
}

/** First lines of a text. */
function TextPreview({ record }: { record: TextRecord }) {
  const isListed = useStudio((s) => s.tuneTexts.some(({ id }) => id === record.id));
  // Training reports a text that can't be read.
  const start = useWorkerValue('preview', { id: record.id, place: 0, characters: PREVIEW_CHARACTERS }).latest?.start;
  if (!isListed) return null;
  const { documents, characters } = trainingSize(record);
  return (
    <section className={styles.beginning} aria-label={record.name}>
      <p>
        <span>{record.name}</span>
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
