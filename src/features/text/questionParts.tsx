import { counted } from '../../core/base/units';
import { type Question, skipWords } from '../../state/questions';
import { useStudio } from '../../state/react';
import { Button } from '../../ui';

export interface RowProps<Q extends Question = Question> {
  question: Q;
  /** Label of the page's filled button, if it is in this row. */
  filled: string | undefined;
  onGo: (path: string) => void;
}

/** Skips files, with an accessible name that says which. */
export function SkipButton({ files }: { files: Question['files'] }) {
  const skip = useStudio((s) => s.skip);
  const isOne = files.length === 1;
  return (
    <Button
      isDense
      variant="quiet"
      label={isOne ? `Skip ${files[0]!.name}` : `Skip ${counted(files.length, 'file')}`}
      onPress={() => skip(files)}
    >
      {skipWords(files)}
    </Button>
  );
}

/** `letter-1998.txt`, `10 files`. */
export const namesOf = (files: readonly { name: string }[]): string =>
  files.length === 1 ? files[0]!.name : counted(files.length, 'file');
