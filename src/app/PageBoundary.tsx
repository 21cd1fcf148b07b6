import { Component, type ReactNode } from 'react';
import { toFailure, type Failure } from '../core/base/errors';

/** Catches what a page throws while it is drawn, so that the rest of the app stays usable. Key it to try again. */
export class PageBoundary extends Component<
  { children: ReactNode; fallback: (failure: Failure) => ReactNode },
  { failure: Failure | undefined }
> {
  override state: { failure: Failure | undefined } = { failure: undefined };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    return { failure: toFailure(error) };
  }
  override render(): ReactNode {
    return this.state.failure ? this.props.fallback(this.state.failure) : this.props.children;
  }
}
