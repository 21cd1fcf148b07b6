import { useState } from 'react';
import type { EncodingId } from '../../core/documents/encodings';
import { formatCount } from '../../core/base/units';
import { useStudio } from '../../state/react';
import type { Undecoded } from '../../state/texts';
import { Button, Dialog } from '../../ui';
import { EncodingChoice } from './EncodingChoice';

/** In which encoding files are that are not UTF-8; to close it leaves them out. */
export function EncodingDialog({ refused, onClose }: { refused: readonly Undecoded[]; onClose: () => void }) {
  const readIn = useStudio((s) => s.readIn);
  const [chosen, choose] = useState<EncodingId | null>(null);
  const [first] = refused;
  if (!first) return null;
  const read = (some: readonly Undecoded[]): void => {
    if (chosen) void readIn(some, chosen);
    choose(null);
    if (some.length === refused.length) onClose();
  };
  const disabledReason = chosen ? undefined : 'Choose the encoding in which its letters are right';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`How is ${first.name} written?`}
      actions={
        <>
          <Button onPress={onClose}>Leave {refused.length === 1 ? 'it' : 'them'} out</Button>
          {refused.length > 1 && (
            <Button onPress={() => read(refused)} disabledReason={disabledReason}>
              Read all {formatCount(refused.length)} so
            </Button>
          )}
          <Button variant="go" onPress={() => read([first])} disabledReason={disabledReason}>
            Read it so
          </Button>
        </>
      }
    >
      <p>
        It is not UTF-8, as text is today, and its bytes do not say what it is. Choose the encoding in which these lines
        of it read right. It is kept as UTF-8.
        {refused.length === 2 && ' Another file is not UTF-8 either.'}
        {refused.length > 2 && ` ${formatCount(refused.length - 1)} other files are not UTF-8 either.`}
      </p>
      <EncodingChoice of={first} chosen={chosen} onChoose={choose} />
    </Dialog>
  );
}
