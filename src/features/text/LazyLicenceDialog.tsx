import { type ComponentProps, lazy, Suspense } from 'react';

const Loaded = lazy(() => import('./LicenceDialog').then((module) => ({ default: module.LicenceDialog })));

/** The dialog of a text's license, loaded when it is first opened. */
export const LazyLicenceDialog = (props: ComponentProps<typeof Loaded>) => (
  <Suspense fallback={null}>
    <Loaded {...props} />
  </Suspense>
);
