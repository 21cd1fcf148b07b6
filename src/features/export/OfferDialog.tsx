import { formatCount } from '../../core/base/units';
import { useStudio } from '../../state/react';
import { Button, Dialog } from '../../ui';

/** A model was given while there is another: which takes the place of which, and what becomes of the one that is there. */
export function OfferDialog() {
  const offered = useStudio((s) => s.offered);
  const model = useStudio((s) => s.model);
  const answer = useStudio((s) => s.answerOffer);
  if (!offered || !model) return null;
  const { name } = model.run;
  return (
    <Dialog
      isOpen
      onClose={() => void answer(false)}
      title={`Bring in ${offered.name} in place of ${name}?`}
      actions={
        <>
          <Button onPress={() => void answer(false)}>Keep this one</Button>
          <Button variant="go" onPress={() => void answer(true)}>
            Bring it in
          </Button>
        </>
      }
    >
      <p>
        Train, Playground and Export show one model at a time. Nothing of {name} is deleted: step{' '}
        {formatCount(model.saved.step)} stays in this browser, among the runs, and can be opened from there.
      </p>
    </Dialog>
  );
}
