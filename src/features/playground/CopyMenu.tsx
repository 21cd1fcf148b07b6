import { withMark } from '../../core/sample/mark';
import { resultMark } from '../../state/playground';
import { useStudio } from '../../state/react';
import { MenuButton } from '../../ui';

/** Copies what the model wrote, alone or with a line that says that a model wrote it. */
export function CopyMenu({ text }: { text: string }) {
  const toast = useStudio((s) => s.toast);
  const mark = useStudio(resultMark);
  const copy = async (words: string): Promise<void> => {
    await navigator.clipboard.writeText(words);
    toast({ text: 'Text copied' });
  };
  const isDisabled = text === '';
  return (
    <MenuButton
      variant="quiet"
      label="Copy text"
      entries={[
        { id: 'text', label: 'Copy text', hint: isDisabled ? 'no text yet' : 'text only', isDisabled },
        { id: 'marked', label: 'Copy with a note', hint: mark, isDisabled },
      ]}
      onChoose={(id) =>
        void copy(id === 'marked' ? withMark(text, mark) : text).catch(() =>
          toast({ text: 'The browser blocked copying' }),
        )
      }
    >
      Copy
    </MenuButton>
  );
}
