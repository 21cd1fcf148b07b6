import { Button } from './Button';
import { Notice } from './Notice';

export interface LeakNoticeProps {
  title: string;
  /** Which word it is, in how many texts, and what to do. */
  text: string;
  /** Opens the texts; without it they are on the page. */
  onShow?: () => void;
}

/** A word gives a label away, so the accuracy may measure little else. */
export const LeakNotice = ({ title, text, onShow }: LeakNoticeProps) => (
  <Notice
    tone="warn"
    isPlain={onShow === undefined}
    title={title}
    {...(onShow && {
      actions: (
        <Button isDense onPress={onShow}>
          Show texts
        </Button>
      ),
    })}
  >
    {text}
  </Notice>
);
