import { useState, type ReactNode } from 'react';
import { counted, formatBytes, formatCount } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import type { Failure } from '../../core/base/errors';
import type { DocumentStart, TextRecord } from '../../core/documents';
import { trainingSize } from '../../core/documents/record';
import { FORMATS } from '../../core/documents/formats';
import { remedy } from '../../state/failures';
import { useWorkerValue } from '../../state/useWorkerValue';
import { formatMoment, Notice, Pane, TextAction } from '../../ui';
import { fileCounts } from './fileCount';
import { LazyLicenceDialog } from './LazyLicenceDialog';
import styles from './TextPreview.module.css';
import { TextProjects } from './TextProjects';

/** Facts and beginning of a text, or of one of its documents. */
export function TextPreview({ text, place }: { text: TextRecord; place: number | undefined }) {
  const { document, failure } = usePreview(text.id, place ?? 0);
  const isDocument = place !== undefined;
  const sha256 = isDocument ? document?.sha256 : text.sha256;
  // A text made from an email, a PDF and a table has three formats; each of its documents has one.
  const formats = isDocument ? (document ? [document.format] : []) : text.formats;
  const notes = isDocument ? (document?.notes ?? []) : text.notes;
  return (
    <Pane
      title="Preview"
      hint={isDocument ? (document?.title ?? text.name) : text.name}
      aside={<TextProjects text={text} />}
    >
      <dl className={styles.facts}>
        {text.documents > 1 &&
          !isDocument &&
          fileCounts([text]).map(({ count, noun }) => (
            <Fact key={noun} name={upperFirst(`${noun}s`)} value={formatCount(count)} />
          ))}
        {isDocument ? (
          <Fact name="Characters" value={document ? formatCount(document.characters) : '–'} />
        ) : (
          <Fact name="Size" value={formatBytes(text.size)} />
        )}
        <Fact name="Format" value={formats.map((format) => FORMATS[format].label).join(', ') || '–'} />
        <Fact name="Added" value={formatMoment(text.addedAt)} />
        <Fact
          name="SHA-256"
          value={<span title={sha256}>{sha256 === undefined ? '–' : `${sha256.slice(0, 12)}…`}</span>}
        />
      </dl>
      {text.licence !== null && <License text={text} license={text.licence} />}
      {text.cleaned && !isDocument && (
        <p className={styles.note}>
          Recipe {text.cleaned.name} keeps {formatCount(trainingSize(text).characters)} of{' '}
          {formatCount(text.characters)} characters and {formatCount(trainingSize(text).documents)} of{' '}
          {counted(text.documents, 'document')}. Shown: the original.
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {text.documents > 1 && !isDocument && document && (
        <p className={styles.note}>
          First document: <span translate="no">{document.title}</span>
        </p>
      )}
      {failure && (
        <Notice tone="error" title={failure.message}>
          {remedy(failure)}
        </Notice>
      )}
      {document && <Beginning start={document.start} characters={document.characters} />}
    </Pane>
  );
}

/** Start of one document, without its facts. */
export function TextBeginning({ id, place }: { id: string; place: number }) {
  const { document, failure } = usePreview(id, place);
  if (failure)
    return (
      <Notice tone="error" title={failure.message}>
        {remedy(failure)}
      </Notice>
    );
  return document && <Beginning {...document} />;
}

/** Beginning of the start that was read; shows all of that on request. */
function Beginning({ start, characters }: Pick<DocumentStart, 'start' | 'characters'>) {
  const [isAllShown, setAllShown] = useState(false);
  const characterList = Array.from(start);
  const shown = isAllShown ? characterList : characterList.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <div className={styles.text} dir="auto" translate="no">
        {shown.join('')}
      </div>
      {shown.length < characters && (
        <p className={styles.more}>
          First {formatCount(shown.length)} of {formatCount(characters)} characters
          {shown.length < characterList.length && <TextAction onPress={() => setAllShown(true)}>Show more</TextAction>}
        </p>
      )}
    </>
  );
}
/** Number of characters. */
const SHOWN_AT_FIRST = 3000;

/** License of samples, and of texts for which the user set one. Nobody is asked about their own files. */
function License({ text, license }: { text: TextRecord; license: string }) {
  const [isEditing, setEditing] = useState(false);
  return (
    <p className={styles.note}>
      License: {license}.{' '}
      <TextAction onPress={() => setEditing(true)} label={`Change the license of ${text.name}`}>
        Change…
      </TextAction>
      {isEditing && <LazyLicenceDialog texts={[text]} onClose={() => setEditing(false)} />}
    </p>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Start of a document; of the previous one until it is read. */
function usePreview(id: string, place: number): { document: DocumentStart | undefined; failure: Failure | undefined } {
  const { latest, failure } = useWorkerValue('preview', { id, place, characters: PREVIEW_CHARACTERS });
  return { document: failure ? undefined : latest, failure };
}
const PREVIEW_CHARACTERS = 20_000;
