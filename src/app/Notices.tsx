import { formatCount } from '../core/base/units';
import { useStudio } from '../state/react';
import { Button, Notice } from '../ui';

/** Notices on every page: stored items that can't be read, and a run that trains in another tab. */
export function Notices({ onShow }: { onShow: () => void }) {
  const { length } = useStudio((s) => s.unreadable);
  const isElsewhere = useStudio((s) => s.trainingElsewhere);
  if (length === 0 && !isElsewhere) return null;
  return (
    <section aria-label="Notices">
      {isElsewhere && (
        <Notice tone="ok" title="Training in another tab">
          The run appears here when it ends. Until then, you can’t start another.
        </Notice>
      )}
      {length > 0 && (
        <Notice
          tone="warn"
          title={length === 1 ? 'One stored item can’t be read' : `${formatCount(length)} stored items can’t be read`}
          actions={
            <Button isDense onPress={onShow}>
              Show…
            </Button>
          }
        >
          {length === 1 ? 'It is unchanged and not used' : 'They are unchanged and not used'}. Everything else works.
        </Notice>
      )}
    </section>
  );
}
