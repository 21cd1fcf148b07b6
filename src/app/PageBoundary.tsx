import { Component, type ReactNode } from 'react';
import { toFailure, type Failure } from '../core/base/errors';

interface Props {
  children: ReactNode;
  fallback: (failure: Failure) => ReactNode;
  /** Retries when the place changes. */
  place?: string;
}
interface State {
  place: string | undefined;
  failure: Failure | undefined;
}

/** Catches what a page throws while it is drawn, so that the rest of the app stays usable. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { place: undefined, failure: undefined };

  static getDerivedStateFromProps({ place }: Props, before: State): State | null {
    return place === before.place ? null : { place, failure: undefined };
  }
  static getDerivedStateFromError(error: unknown): Pick<State, 'failure'> {
    return { failure: toFailure(error) };
  }
  override render(): ReactNode {
    return this.state.failure ? this.props.fallback(this.state.failure) : this.props.children;
  }
}
