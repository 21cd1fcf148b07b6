import { lazy, Suspense, useState } from 'react';
import { TextAction } from '../../ui';

const ReadingDialog = lazy(() => import('./ReadingDialog').then((module) => ({ default: module.ReadingDialog })));

/** Button that opens the list of accepted files, with the options for web pages and email. */
export function ReadingOptions({ children = 'How files are read…' }: { children?: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <TextAction onPress={() => setOpen(true)}>{children}</TextAction>
      {isOpen && (
        <Suspense fallback={null}>
          <ReadingDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
