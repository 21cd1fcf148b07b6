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
  const isOne = place !== undefined;
  const sha256 = isOne ? document?.sha256 : text.sha256;
  // A text made from an email, a PDF and a table has three formats; each of its documents has one.
  const formats = isOne ? (document ? [document.format] : []) : text.formats;
  const notes = isOne ? (document?.notes ?? []) : text.notes;
  return (
    <Pane
      title="Preview"
      hint={isOne ? (document?.title ?? text.name) : text.name}
      aside={<TextProjects text={text} />}
    >
      <dl className={styles.facts}>
        {text.documents > 1 &&
          !isOne &&
          fileCounts([text]).map(({ count, noun }) => (
            <Fact key={noun} name={upperFirst(`${noun}s`)} value={formatCount(count)} />
          ))}
        {isOne ? (
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
      {text.cleaned && !isOne && (
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
      {text.documents > 1 && !isOne && document && (
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

/** First lines, with the rest of what was read on request. */
function Beginning({ start, characters }: Pick<DocumentStart, 'start' | 'characters'>) {
  const [isWhole, setWhole] = useState(false);
  const all = Array.from(start);
  const shown = isWhole ? all : all.slice(0, AT_FIRST);
  return (
    <>
      <div className={styles.text} dir="auto" translate="no">
        {shown.join('')}
      </div>
      {shown.length < characters && (
        <p className={styles.more}>
          First {formatCount(shown.length)} of {formatCount(characters)} characters
          {shown.length < all.length && <TextAction onPress={() => setWhole(true)}>Show more</TextAction>}
        </p>
      )}
    </>
  );
}
const AT_FIRST = 3000;

/** License of samples, and of texts for which the user set one. Nobody is asked about their own files. */
function License({ text, license }: { text: TextRecord; license: string }) {
  const [isAsked, ask] = useState(false);
  return (
    <p className={styles.note}>
      License: {license}.{' '}
      <TextAction onPress={() => ask(true)} label={`Change the license of ${text.name}`}>
        Change…
      </TextAction>
      {isAsked && <LazyLicenceDialog texts={[text]} onClose={() => ask(false)} />}
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
