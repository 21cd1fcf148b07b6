import { type ComponentProps, lazy, Suspense } from 'react';

const Loaded = lazy(() => import('./LicenceDialog').then((module) => ({ default: module.LicenceDialog })));

/** License dialog of a text, loaded when it is first opened. */
export const LazyLicenceDialog = (props: ComponentProps<typeof Loaded>) => (
  <Suspense fallback={null}>
    <Loaded {...props} />
  </Suspense>
);
