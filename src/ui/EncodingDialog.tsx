import { useState } from 'react';
import { formatCount } from '../core/base/units';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { EncodingChoice, type Proposed } from './EncodingChoice';

interface EncodingDialogProps<T extends string> {
  /** Name of the file in question. */
  name: string;
  of: Proposed<T>;
  /** Number of other files that aren't UTF-8. */
  others?: number;
  /** One sentence: what happens to the file next, or what went wrong before. */
  note: string;
  onRead: (encoding: T, isAll: boolean) => void;
  /** Skips the file. */
  onClose: () => void;
}

/** Asks for the encoding of files that aren't UTF-8. Closing the dialog skips them. */
export function EncodingDialog<T extends string>({
  name,
  of,
  others = 0,
  note,
  onRead,
  onClose,
}: EncodingDialogProps<T>) {
  const [chosen, choose] = useState<T | null>(null);
  const read = (isAll: boolean): void => {
    if (chosen) onRead(chosen, isAll);
    choose(null);
  };
  const disabledReason = chosen ? undefined : 'Choose an encoding first';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${name}: which lines look right?`}
      actions={
        <>
          <Button onPress={onClose}>{others === 0 ? 'Skip file' : 'Skip files'}</Button>
          {others > 0 && (
            <Button onPress={() => read(true)} disabledReason={disabledReason}>
              Use for all {formatCount(others + 1)} files
            </Button>
          )}
          <Button variant="go" onPress={() => read(false)} disabledReason={disabledReason}>
            Use this encoding
          </Button>
        </>
      }
    >
      <p>
        This file isn’t UTF-8. {note}
        {others === 1 && ' Another file isn’t UTF-8 either.'}
        {others > 1 && ` ${formatCount(others)} other files aren’t UTF-8 either.`}
      </p>
      <EncodingChoice of={of} chosen={chosen} onChoose={choose} />
    </Dialog>
  );
}
