import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { toFailure, type Failure } from '../core/base/errors';
import { StudioContext } from '../state/react';
import { App } from './App';
import { Deleting } from './DeleteEverything';
import { FullPageFailure } from './FullPageFailure';
import { open } from './open';
import { PageBoundary } from './PageBoundary';
import { ProjectRouter } from './ProjectRouter';
import type { StudioStore } from '../state/slices/studio';

export function draw(root: HTMLElement): void {
  createRoot(root).render(
    <StrictMode>
      <Start />
    </StrictMode>,
  );
}

/** Builds the studio once and shows the app, or why it can't start. Renders nothing until then. */
function Start() {
  const [studio, setStudio] = useState<StudioStore>();
  const [failure, setFailure] = useState<Failure>();
  const [isDeleting, setDeleting] = useState(false);
  useEffect(() => {
    openOnce(() => setDeleting(true)).then(setStudio, (error: unknown) => setFailure(toFailure(error)));
  }, []);
  if (failure) return <FullPageFailure failure={failure} />;
  if (!studio) return isDeleting ? <Deleting /> : null;
  return (
    <PageBoundary fallback={(error) => <FullPageFailure failure={error} />}>
      <StudioContext value={studio}>
        <ProjectRouter>
          <App />
        </ProjectRouter>
      </StudioContext>
    </PageBoundary>
  );
}

let opened: Promise<StudioStore> | undefined;

/** Opens the studio once per page: React runs effects twice in development. */
const openOnce = (onDeleting: () => void): Promise<StudioStore> => (opened ??= open(onDeleting));
