import { lazy, Suspense } from 'react';
import { useSearch } from 'wouter';
import { unansweredFiles } from '../../state/questions';
import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { Stage, useHeldFocus } from '../../ui';
import { FirstScreen } from './FirstScreen';
import { Library } from './Library';
import { PasteDialog } from './PasteDialog';
import { usePaste } from './usePaste';

const CleanPage = lazy(() => import('./clean/CleanPage').then((module) => ({ default: module.CleanPage })));

/** Training texts; without any text, the first screen. */
export function TextPage({ onFiles, onPrivacy }: PageProps) {
  const isLoaded = useStudio((s) => s.loaded === 'ready');
  // Questions about dropped files appear where their texts will.
  const isEmpty = useStudio((s) => s.texts.length + s.tuneTexts.length + unansweredFiles(s).length === 0);
  const isClean = new URLSearchParams(useSearch()).get('part') === 'clean';
  const paste = usePaste(onFiles);
  useHeldFocus(isLoaded ? isEmpty : undefined);
  if (!isLoaded) return <Stage title="Text">{null}</Stage>;
  return (
    <>
      {isEmpty ? (
        <FirstScreen onFiles={onFiles} onPaste={paste.open} onPrivacy={onPrivacy} />
      ) : isClean ? (
        <Suspense fallback={<Stage title="Text">{null}</Stage>}>
          <CleanPage />
        </Suspense>
      ) : (
        <Library onFiles={onFiles} onPaste={paste.open} />
      )}
      {paste.draft !== undefined && <PasteDialog text={paste.draft} onClose={paste.close} />}
    </>
  );
}
