import { useEffect, useEffectEvent, useState } from 'react';
import { freeName } from '../../state/freeName';
import { useStudioStore } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { filesOfList } from '../../ui';
import type { StudioStore } from '../../state/slices/studio';

/** Handles pasting anywhere on the page: adds files and text over `MAX_SHOWN`, and opens the dialog with other text. */
export function usePaste(onFiles: PageProps['onFiles']) {
  const studio = useStudioStore();
  const [draft, setDraft] = useState<string>();
  const takeFiles = useEffectEvent(onFiles);
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const isInField = event.target instanceof Element && event.target.closest('input, textarea') !== null;
      if (isInField || !event.clipboardData || document.querySelector('[role=dialog]')) return;
      const { files } = event.clipboardData;
      const text = event.clipboardData.getData('text/plain');
      if (files.length > 0) takeFiles(filesOfList(files));
      else if (text.length > MAX_SHOWN) void studio.getState().addPaste(text, freeName('Pasted text', names(studio)));
      else if (text !== '') setDraft(text);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [studio]);
  return { draft, open: () => setDraft(''), close: () => setDraft(undefined) };
}

/** Maximum number of characters in a field: more would block the page. */
const MAX_SHOWN = 200_000;

/** Names of the project's texts. */
const names = (studio: StudioStore): string[] => studio.getState().texts.map(({ name }) => name);
