import { Button } from './Button';
import { Notice } from './Notice';

interface LeakNoticeProps {
  title: string;
  /** Which word it is, in how many texts, and what to do. */
  text: string;
  /** Shows the texts that have the word. */
  onShow: () => void;
  /** In a pane, without a frame. */
  isPlain?: boolean;
}

/** A word gives a label away, so the accuracy may measure little else. */
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
