import { useState } from 'react';
import { formatCount } from '../core/base/units';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { EncodingChoice, type Proposed } from './EncodingChoice';

interface EncodingDialogProps<T extends string> {
  /** The file that is asked about. */
  name: string;
  of: Proposed<T>;
  /** Files that are not UTF-8 besides it. */
  others?: number;
  /** What becomes of it then, or what was wrong before: a sentence. */
  note: string;
  onRead: (encoding: T, isAll: boolean) => void;
  /** It is left out. */
  onClose: () => void;
}

/** In which encoding files are that are not UTF-8; to close it leaves them out. */
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
