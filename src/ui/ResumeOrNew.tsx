import { Button } from './Button';
import { Notice } from './Notice';

export interface ResumeOrNewProps {
  /** What the settings have that the run has not: `dropout 0.3 for 0`. */
  differ: readonly string[];
  /** `Resume from step 120`. */
  resume: { label: string; disabledReason: string | undefined; onPress: () => void };
  begin: { disabledReason: string | undefined; onPress: () => void };
}

/** A run could go on as it was, and the settings are other by now: both ways, and what differs. */
export const ResumeOrNew = ({ differ, resume, begin }: ResumeOrNewProps) => (
  <Notice
    tone="ok"
    title="What is set is other than in this run"
    actions={
      <>
        <Button isDense icon="play" disabledReason={resume.disabledReason} onPress={resume.onPress}>
          {resume.label}
        </Button>
        <Button isDense variant="go" icon="plus" disabledReason={begin.disabledReason} onPress={begin.onPress}>
          New run with these settings
        </Button>
      </>
    }
  >
    {differ.slice(0, MOST).join('; ') + (differ.length > MOST ? ` and ${differ.length - MOST} more` : '')}
  </Notice>
);

/** That a line has room for. */
const MOST = 4;
