import { formatCount } from '../core/base/units';
import { useStudio } from '../state/react';
import { Button, Notice } from '../ui';

/** What is so on every stage: something stored cannot be read, another tab trains. */
export function Notices({ onShow }: { onShow: () => void }) {
  const { length } = useStudio((s) => s.unreadable);
  const isElsewhere = useStudio((s) => s.trainingElsewhere);
  if (length === 0 && !isElsewhere) return null;
  return (
    <section aria-label="Notices">
      {isElsewhere && (
        <Notice tone="ok" title="A run is being trained in another tab">
          It goes on there, and is shown here when it has ended. Until then no other can be begun.
        </Notice>
      )}
      {length > 0 && (
        <Notice
          tone="warn"
          title={
            length === 1
              ? 'One thing that is stored cannot be read'
              : `${formatCount(length)} things that are stored cannot be read`
          }
          actions={
            <Button isDense onPress={onShow}>
              Show…
            </Button>
          }
        >
          {length === 1 ? 'It is left as it is and not used' : 'They are left as they are and not used'}. Everything
          else works.
        </Notice>
      )}
    </section>
  );
}
