import { useEffect, useEffectEvent } from 'react';
import { type DropZoneProps, useDropped } from './DropZone';
import { filesOfList } from './droppedFiles';
import styles from './PageDrop.module.css';

interface PageDropProps extends Required<Pick<DropZoneProps, 'onFiles' | 'onError'>> {
  onText: (text: string) => void;
  /** Says what a drop will do. */
  words: string;
}

/** Receives drops anywhere on the page, and pastes outside fields and dialogs. */
export function PageDrop({ onFiles, onText, onError, words }: PageDropProps) {
  const over = useDropped(onFiles, onError, words);
  const onPaste = useEffectEvent(({ target, clipboardData }: ClipboardEvent): void => {
    const isInField = target instanceof Element && target.closest('input, textarea') !== null;
    if (isInField || !clipboardData || document.querySelector('[role=dialog]')) return;
    const text = clipboardData.getData('text/plain');
    if (clipboardData.files.length > 0) onFiles(filesOfList(clipboardData.files));
    else if (text !== '') onText(text);
  });
  useEffect(() => {
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);
  return over === undefined ? null : (
    <p className={styles.over} role="status">
      {over}
    </p>
  );
}
