import { useState } from 'react';
import { formatCount } from '../core/base/units';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { EncodingChoice, type Proposed } from './EncodingChoice';

export interface EncodingDialogProps<T extends string> {
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
  const disabledReason = chosen ? undefined : 'Choose the encoding in which its letters are right';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`How is ${name} written?`}
      actions={
        <>
          <Button onPress={onClose}>Leave {others === 0 ? 'it' : 'them'} out</Button>
          {others > 0 && (
            <Button onPress={() => read(true)} disabledReason={disabledReason}>
              Read all {formatCount(others + 1)} so
            </Button>
          )}
          <Button variant="go" onPress={() => read(false)} disabledReason={disabledReason}>
            Read it so
          </Button>
        </>
      }
    >
      <p>
        It is not UTF-8, as text is today, and its bytes do not say what it is. Choose the encoding in which these lines
        of it read right. {note}
        {others === 1 && ' Another file is not UTF-8 either.'}
        {others > 1 && ` ${formatCount(others)} other files are not UTF-8 either.`}
      </p>
      <EncodingChoice of={of} chosen={chosen} onChoose={choose} />
    </Dialog>
  );
}
