import { useLocation } from 'wouter';
import { Button } from './Button';
import { EmptyState } from './Notice';

interface Need {
  words: string;
  button: string;
  path: string;
  /** The button begins a run as well. */
  starts: boolean;
}

/** What stands between a page and its model, and the one step towards it. */
export function NeedState({ need: { words, button, path, starts }, onStart }: { need: Need; onStart: () => void }) {
  const [, go] = useLocation();
  return (
    <EmptyState
      action={
        <Button
          variant="go"
          onPress={() => {
            if (starts) onStart();
            go(path);
          }}
        >
          {button}
        </Button>
      }
    >
      {words}
    </EmptyState>
  );
}
