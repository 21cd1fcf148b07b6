import { Button } from './Button';
import { Notice } from './Notice';

interface SettingsDifferProps {
  /** Name of the run that could resume. */
  run: string;
  /** Changed settings: `dropout 0 → 0.3`. */
  differ: readonly string[];
  begin: { disabledReason: string | undefined; onPress: () => void };
  onUndo: () => void;
}

/** Says that the settings changed since a run that could resume. */
export const SettingsDiffer = ({ run, differ, begin, onUndo }: SettingsDifferProps) => (
  <Notice
    title={`Settings differ from ${run}`}
    actions={
      <>
        <Button isDense disabledReason={begin.disabledReason} onPress={begin.onPress}>
          Start new run
        </Button>
        <Button isDense variant="quiet" onPress={onUndo}>
          Undo changes
        </Button>
      </>
    }
  >
    {differ.slice(0, SHOWN).join('; ') + (differ.length > SHOWN ? ` and ${differ.length - SHOWN} more` : '')}
  </Notice>
);

/** Maximum number of differences in the line. */
const SHOWN = 4;
