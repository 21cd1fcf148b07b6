import { Button } from './Button';
import { Notice } from './Notice';

interface LeakNoticeProps {
  title: string;
  /** Says which word it is, in how many texts it occurs, and what to do. */
  text: string;
  /** Shows the texts that contain the word. */
  onShow: () => void;
  /** Without a frame, for use in a pane. */
  isPlain?: boolean;
}

/** Warns that one word gives a label away, so the accuracy may measure little else. */
export const LeakNotice = ({ title, text, onShow, isPlain = false }: LeakNoticeProps) => (
  <Notice
    tone="warn"
    isPlain={isPlain}
    areActionsBelow={isPlain}
    title={title}
    actions={
      <Button isDense onPress={onShow}>
        Show texts
      </Button>
    }
  >
    {text}
  </Notice>
);
