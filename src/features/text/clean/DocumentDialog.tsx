import { Button, Dialog } from '../../../ui';
import { TextBeginning } from '../TextPreview';

/** Original document with the findings of the rules. @param p.onKeep for an excluded document */
export function DocumentDialog(p: {
  text: string;
  place: number;
  title: string;
  words: string;
  onClose: () => void;
  onKeep?: () => void;
}) {
  return (
    <Dialog
      isOpen
      isDismissable
      width={720}
      onClose={p.onClose}
      title={p.title}
      actions={
        <>
          <Button onPress={p.onClose}>Close</Button>
          {p.onKeep && (
            <Button
              variant="go"
              onPress={() => {
                p.onClose();
                p.onKeep?.();
              }}
            >
              Keep document
            </Button>
          )}
        </>
      }
    >
      <p>{p.words}</p>
      <TextBeginning id={p.text} place={p.place} />
    </Dialog>
  );
}
