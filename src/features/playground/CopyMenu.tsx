import { withMark } from '../../core/sample/mark';
import { copyText } from '../../state/copyText';
import { resultMark } from '../../state/playground';
import { useStudio } from '../../state/react';
import { MenuButton } from '../../ui';

/** Copies generated text, alone or with a line that says that a model wrote it. */
export function CopyMenu({ text }: { text: string }) {
  const toast = useStudio((s) => s.toast);
  const mark = useStudio(resultMark);
  const isDisabled = text === '';
  return (
    <MenuButton
      variant="quiet"
      label="Copy text"
      entries={[
        { id: 'text', label: 'Copy text', hint: isDisabled ? 'no text yet' : 'text only', isDisabled },
        { id: 'marked', label: 'Copy with a note', hint: mark, isDisabled },
      ]}
      onChoose={(id) => void copyText(id === 'marked' ? withMark(text, mark) : text, toast, { text: 'Text copied' })}
    >
      Copy
    </MenuButton>
  );
}
