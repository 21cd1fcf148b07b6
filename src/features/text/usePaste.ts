import { useEffect, useState } from 'react';
import { useStudioStore } from '../../state/react';
import { filesOfList } from '../../ui';
import { toDropped } from './droppedTexts';

/** Pasting anywhere on the page: files are added, text is shown first. `draft` is what the dialog begins with. */
export function usePaste() {
  const studio = useStudioStore();
  const [draft, setDraft] = useState<string>();
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const isInField = event.target instanceof Element && event.target.closest('input, textarea') !== null;
      if (isInField || !event.clipboardData || document.querySelector('[role=dialog]')) return;
      const { files } = event.clipboardData;
      const text = event.clipboardData.getData('text/plain');
      if (files.length > 0) void studio.getState().addFiles(filesOfList(files).map(toDropped));
      else if (text !== '') setDraft(text);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [studio]);
  return { draft, open: () => setDraft(''), close: () => setDraft(undefined) };
}
