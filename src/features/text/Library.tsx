import { Fragment, lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { formatBytes, formatCount } from '../../core/base/units';
import { trainingSize } from '../../core/documents/record';
import { isPlainDrop } from '../../state/lastDrop';
import { textsChanged } from '../../state/preparation';
import { unansweredFiles } from '../../state/questions';
import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { tuneTextWords } from '../../state/tuneTextWords';
import { useNextStep } from '../../state/useNextStep';
import { FileButton, NextButton, Panes, Stage } from '../../ui';
import { DropNotice } from './DropNotice';
import { fileCounts } from './fileCount';
import { OutOfDate } from './OutOfDate';
import { TextList, type Chosen } from './TextList';
import { TextPreview } from './TextPreview';
import { TextTabs } from './TextTabs';
import { TuneTexts } from './TuneTexts';

/** Imports the code for tables, which the first page doesn't need. */
const Questions = lazy(() => import('./Questions').then((module) => ({ default: module.Questions })));

/** List of texts, questions about dropped files, and a preview of the selected text. */
export function Library({ onFiles, onPaste }: Pick<PageProps, 'onFiles'> & { onPaste: () => void }) {
  const texts = useStudio((s) => s.texts);
  const [requested, setRequested] = useState<Chosen>();
  /** Index of the text that was selected last. */
  const [lastIndex, setLastIndex] = useState(0);
  const [, go] = useLocation();
  const next = useNextStep('text', go);
  const waiting = useStudio((s) => unansweredFiles(s).length);
  // A single notice: a drop that only added texts says nothing beyond the other notice.
  const isStale = useStudio((s) => textsChanged(s) && isPlainDrop(s.drop, waiting));
  const isNextInQuestions = next?.kind === 'answer' || next?.kind === 'train-classifier';
  // After a removal, the next text is selected.
  const text = texts.find(({ id }) => id === requested?.id) ?? texts[Math.min(lastIndex, texts.length - 1)];
  const chosen = text && (requested?.id === text.id ? requested : { id: text.id });
  return (
    <Stage
      title="Text"
      tabs={<TextTabs current="library" />}
      summary={<Summary />}
      actions={
        <>
          <FileButton isDense isFolder onFiles={onFiles}>
            Add folder…
          </FileButton>
          <FileButton isDense icon="plus" onFiles={onFiles}>
            Add files…
          </FileButton>
          {!isNextInQuestions && <NextButton step={next} isDense />}
        </>
      }
    >
      {isStale ? <OutOfDate /> : <DropNotice />}
      <Panes
        columns={text ? 'minmax(0, 1fr) 400px' : 'minmax(0, 1fr)'}
        narrowColumns={text ? 'minmax(0, 1fr) 320px' : 'minmax(0, 1fr)'}
      >
        <TextList
          questions={
            <>
              {waiting > 0 && (
                <Suspense fallback={null}>
                  <Questions />
                </Suspense>
              )}
              <TuneTexts />
            </>
          }
          chosen={chosen}
          onChoose={(next) => {
            setRequested(next);
            setLastIndex(texts.findIndex(({ id }) => id === next.id));
          }}
          onFiles={onFiles}
          onPaste={onPaste}
        />
        {text && <TextPreview key={`${text.id}/${chosen?.place}`} text={text} place={chosen?.place} />}
      </Panes>
    </Stage>
  );
}

/** One-line summary; mentions waiting files only if there is nothing else. */
function Summary() {
  const texts = useStudio((s) => s.texts);
  const tuneTexts = useStudio((s) => s.tuneTexts);
  const waiting = useStudio((s) => unansweredFiles(s).length);
  const characters = texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
  const bytes = texts.reduce((sum, text) => sum + text.bytes, 0);
  if (texts.length > 0)
    return (
      <>
        {fileCounts(texts).map(({ count, noun }) => (
          <Fragment key={noun}>
            <b>{formatCount(count)}</b> {count === 1 ? noun : `${noun}s`},{' '}
          </Fragment>
        ))}
        <b>{formatCount(characters)}</b> characters, <b>{formatBytes(bytes)}</b>
      </>
    );
  if (waiting > 0)
    return (
      <>
        <b>{formatCount(waiting)}</b> {waiting === 1 ? 'file needs' : 'files need'} you
      </>
    );
  return <>{tuneTextWords(tuneTexts)} for Teach it more</>;
}
